import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { Announcer, BATCH_MS } from '../page/announcer'

interface Region {
  textContent: string
}

function start(t: TestContext): { polite: Region; assertive: Region; announcer: Announcer; pass(ms: number): void } {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const polite = { textContent: '' }
  const assertive = { textContent: '' }
  const announcer = new Announcer({ polite: polite as HTMLElement, assertive: assertive as HTMLElement })
  return { polite, assertive, announcer, pass: (ms) => t.mock.timers.tick(ms) }
}

test('sentences of one batch are said together, each once', (t) => {
  const { polite, announcer, pass } = start(t)
  announcer.say('Maya changed a price.')
  announcer.say('Maya asked a question.')
  announcer.say('Maya changed a price.')
  pass(BATCH_MS - 1)
  assert.equal(polite.textContent, '')
  pass(1)
  assert.equal(polite.textContent, 'Maya changed a price. Maya asked a question.')
})

test('the next batch has its own time', (t) => {
  const { polite, announcer, pass } = start(t)
  announcer.say('One.')
  pass(BATCH_MS)
  announcer.say('Two.')
  pass(BATCH_MS - 1)
  assert.equal(polite.textContent, 'One.')
  pass(1)
  assert.equal(polite.textContent, 'Two.')
})

test('the same words a second time are new words to a screen reader', (t) => {
  const { polite, announcer, pass } = start(t)
  announcer.say('Saved.')
  pass(BATCH_MS)
  announcer.say('Saved.')
  pass(BATCH_MS)
  assert.equal(polite.textContent, 'Saved.\u00a0')
})

test('muted: nothing polite, but what is urgent', (t) => {
  const { polite, assertive, announcer, pass } = start(t)
  announcer.muted = true
  announcer.say('Maya changed a price.')
  announcer.now('Connection lost.')
  pass(BATCH_MS)
  assert.equal(polite.textContent, '')
  assert.equal(assertive.textContent, 'Connection lost.')
})

test('empty sentences are not said', (t) => {
  const { polite, announcer, pass } = start(t)
  announcer.say(' ')
  announcer.say(undefined)
  pass(BATCH_MS)
  assert.equal(polite.textContent, '')
})
