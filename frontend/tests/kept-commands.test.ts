import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'

import { CommandQueue } from '../page/command-queue'
import type { Command, Outcome, Problem } from '../page/command-request'
import type { CommandStore, KeptCommand } from '../room/command-store'
import { FORGET_AFTER_MS, KeptCommands, SENDABLE_MS } from '../room/kept-commands'
import { openWindow } from './browser'

const NOON = Date.UTC(2026, 8, 1, 12)
const MAYA = { user: 'maya', room: 'r', epoch: 1 }
const CELL = '/p/r/lines/1/cell/'
const PAGE = `<main id="room">
  <form data-command data-kept action="${CELL}"><input type="hidden" name="field" value="quantity">
    <input name="value" value="10" data-was="10" aria-label="Quantity in days, Discovery"></form>
  <form data-command data-kept action="${CELL}"><input type="hidden" name="field" value="unit_price">
    <input name="value" value="900" aria-label="Price, Discovery"></form>
  <form data-command data-kept action="/p/r/options/2/"><label><input type="checkbox" name="selected" value="on"> Include</label></form>
  <form data-command action="/p/r/agree/"><input type="hidden" name="part" value="terms"><button>Agree</button></form>
  <div id="panel"><h2>Ask about the price</h2><form data-command data-kept action="/p/r/ask/">
    <label>Question <textarea name="text"></textarea></label><label><input type="checkbox" name="blocking" value="on"> Blocking</label>
  </form></div>
</main>`

/** What the browser keeps, over all pages. */
class Shelf implements CommandStore {
  readonly kept = new Map<string, KeptCommand>()
  all = async () => [...this.kept.values()]
  put = async (commands: readonly KeptCommand[]) => commands.forEach((each) => this.kept.set(each.key, each))
  forget = async (keys: readonly string[]) => keys.forEach((key) => this.kept.delete(key))
}

interface Again {
  command: Command
  form: HTMLFormElement | null
  refuse: (problem: Problem) => void
}

/** One page of one person, with a network that is down until `answer` says otherwise. */
function openPage(shelf: Shelf, { keptFor = MAYA, mayWrite = true, now = NOON } = {}) {
  openWindow(PAGE)
  let answer: Outcome = { kind: 'unreachable', retryAfterMs: null }
  const again: Again[] = []
  const shown: string[] = []
  const queue = new CommandQueue({ send: async () => answer, onChange: () => kept.changed() })
  const kept = new KeptCommands({
    queue,
    sendAgain: (command, form, refuse) => {
      again.push({ command, form, refuse })
      queue.add({ owner: form ?? command, command, isOfBefore: true, onState() {}, onOutcome() {} })
    },
    store: shelf,
    keptFor,
    mayWrite,
    onHomeless: ({ title, words }, reason) => shown.push(`${title}: ${words} (${reason})`),
    now: () => now,
  })
  const forms = [...document.querySelectorAll('form')]
  const submit = (at: number, key: string, fields: Record<string, string>): void => {
    const owner = forms[at]
    assert.ok(owner)
    const url = `https://sameside.example${owner.getAttribute('action')}`
    const command = { url, body: new URLSearchParams(fields), csrfToken: 'old', idempotencyKey: key }
    queue.add({ owner, command, onState() {}, onOutcome() {} })
  }
  const comeBack = async (outcome: Outcome): Promise<void> => {
    await turns()
    answer = outcome
    queue.retryNow()
    await turns()
  }
  return { kept, queue, submit, comeBack, again, shown, forms }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

/** A page that was closed while these waited. */
async function leftBehind(shelf: Shelf, keptFor = MAYA): Promise<void> {
  const page = openPage(shelf, { keptFor })
  page.submit(0, 'k1', { field: 'quantity', seen: '10', value: '12' })
  page.submit(4, 'k2', { text: 'Why so much?', blocking: 'on' })
  page.kept.write()
}

describe('commands kept over a reload', () => {
  // A page that is left here would go on trying to reach its server.
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  test('what waits is kept as it was sent, in its order, and forgotten when it is answered', async () => {
    const shelf = new Shelf()
    const page = openPage(shelf)
    page.submit(0, 'k1', { field: 'quantity', seen: '10', value: '12' })
    page.submit(2, 'k2', {})
    page.submit(4, 'k3', { text: 'Why so much?', blocking: 'on' })
    assert.equal(shelf.kept.size, 0, 'a command that is answered at once is not written down')
    mock.timers.tick(250)
    const told = [...shelf.kept.values()].map(({ key, turn, path, body, title, words }) => [key, turn, path, body, title, words])
    assert.deepEqual(told, [
      ['k1', 1, CELL, 'field=quantity&seen=10&value=12', 'Quantity in days, Discovery', '12'],
      ['k2', 2, '/p/r/options/2/', '', 'Include', 'no'],
      ['k3', 3, '/p/r/ask/', 'text=Why+so+much%3F&blocking=on', 'Ask about the price', 'Question: Why so much?\nBlocking: yes'],
    ])
    await page.comeBack({ kind: 'done', answer: {} })
    assert.equal(page.queue.length, 0)
    assert.equal(shelf.kept.size, 0)
  })

  test('acts of the moment are not kept', () => {
    const shelf = new Shelf()
    const page = openPage(shelf)
    page.submit(3, 'k1', { part: 'terms' })
    page.kept.write()
    assert.equal(shelf.kept.size, 0)
  })

  test('the next page sends them again under their keys, with the same bytes, and shows what was entered', async () => {
    const shelf = new Shelf()
    await leftBehind(shelf)
    const page = openPage(shelf)
    assert.equal(await page.kept.takeUp(), 2)
    assert.deepEqual(
      page.again.map(({ command, form }) => [command.idempotencyKey, command.url, String(command.body), page.forms.indexOf(form!)]),
      [
        ['k1', CELL, 'field=quantity&seen=10&value=12', 0],
        ['k2', '/p/r/ask/', 'text=Why+so+much%3F&blocking=on', 4],
      ],
    )
    assert.equal(document.querySelector('input[name="value"]')?.getAttribute('data-was'), '10')
    assert.equal((page.forms[0]?.elements.namedItem('value') as HTMLInputElement).value, '12')
    assert.equal((page.forms[1]?.elements.namedItem('value') as HTMLInputElement).value, '900')
    assert.equal(shelf.kept.size, 2, 'until they are answered')
    await page.comeBack({ kind: 'done', answer: {} })
    assert.equal(shelf.kept.size, 0)
  })

  test('where its form is gone, what was refused is shown with the reason', async () => {
    const shelf = new Shelf()
    await leftBehind(shelf)
    const page = openPage(shelf)
    for (const form of page.forms) form.remove()
    await page.kept.takeUp()
    assert.equal(page.again[0]?.form, null)
    page.again[0]?.refuse({ detail: 'The section is agreed by both.' })
    assert.deepEqual(page.shown, ['Quantity in days, Discovery: 12 (The section is agreed by both.)'])
  })

  const UNSENT: [string, Parameters<typeof openPage>[1], RegExp][] = [
    ['after the server has forgotten its keys', { now: NOON + SENDABLE_MS + 1 }, /too long ago/],
    ['after the proposal was shared', { keptFor: { ...MAYA, epoch: 2 } }, /was shared after/],
    ['by somebody who may only read by now', { mayWrite: false }, /only read/],
  ]
  for (const [when, page, reason] of UNSENT) {
    test(`${when}, nothing is sent, and what was entered is shown once`, async () => {
      const shelf = new Shelf()
      await leftBehind(shelf)
      const later = openPage(shelf, page)
      assert.equal(await later.kept.takeUp(), 0)
      assert.deepEqual(later.again, [])
      assert.equal(later.shown.length, 2)
      assert.match(later.shown[0] ?? '', reason)
      assert.equal(shelf.kept.size, 0)
    })
  }

  test('nobody else sends or sees them, nor does another room', async () => {
    const shelf = new Shelf()
    await leftBehind(shelf)
    for (const keptFor of [
      { ...MAYA, user: 'tomas' },
      { ...MAYA, room: 'another' },
    ]) {
      const page = openPage(shelf, { keptFor })
      assert.equal(await page.kept.takeUp(), 0)
      assert.deepEqual([page.again, page.shown], [[], []])
    }
    assert.equal(shelf.kept.size, 2)
  })

  test('nobody keeps for ever what nobody comes back for', async () => {
    const shelf = new Shelf()
    await leftBehind(shelf)
    const tomas = { ...MAYA, user: 'tomas' }
    await openPage(shelf, { keptFor: tomas, now: NOON + FORGET_AFTER_MS }).kept.takeUp()
    assert.equal(shelf.kept.size, 2)
    await openPage(shelf, { keptFor: tomas, now: NOON + FORGET_AFTER_MS + 1 }).kept.takeUp()
    assert.equal(shelf.kept.size, 0)
  })
})
