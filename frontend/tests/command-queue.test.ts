import assert from 'node:assert/strict'
import { test } from 'node:test'

import { CommandQueue, type CommandState, type Entry } from '../page/command-queue'
import type { Command, Outcome } from '../page/command-request'

const DONE: Outcome = { kind: 'done', answer: {} }
const UNREACHABLE: Outcome = { kind: 'unreachable', retryAfterMs: null }

/** A network whose answers the test gives, one by one. */
class Network {
  readonly sent: string[] = []
  private answer: (outcome: Outcome) => void = () => undefined

  readonly send = (command: Command): Promise<Outcome> => {
    this.sent.push(command.idempotencyKey)
    return new Promise((resolve) => {
      this.answer = resolve
    })
  }

  async reply(outcome: Outcome): Promise<void> {
    this.answer(outcome)
    for (let turn = 0; turn < 4; turn += 1) await Promise.resolve()
  }
}

function entry(owner: object, key: string): Entry & { states: CommandState[]; outcomes: string[] } {
  const states: CommandState[] = []
  const outcomes: string[] = []
  return {
    owner,
    command: { url: '/', body: new FormData(), csrfToken: '', idempotencyKey: key },
    onState: (state) => states.push(state),
    onOutcome: (outcome) => outcomes.push(outcome.kind),
    states,
    outcomes,
  }
}

test('commands go one after the other, in order', async () => {
  const network = new Network()
  const queue = new CommandQueue({ send: network.send })
  queue.add(entry({}, 'a'))
  queue.add(entry({}, 'b'))
  assert.deepEqual(network.sent, ['a'])
  await network.reply(DONE)
  assert.deepEqual(network.sent, ['a', 'b'])
  await network.reply(DONE)
  assert.equal(queue.length, 0)
})

test('unreachable: waits, tries again with the same key, applies once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const network = new Network()
  const queue = new CommandQueue({ send: network.send, random: () => 1 })
  const command = entry({}, 'a')
  queue.add(command)
  await network.reply(UNREACHABLE)
  assert.equal(command.states.at(-1), 'waiting')
  t.mock.timers.tick(499)
  assert.deepEqual(network.sent, ['a'])
  t.mock.timers.tick(1)
  assert.deepEqual(network.sent, ['a', 'a'])
  await network.reply(UNREACHABLE)
  queue.retryNow()
  assert.deepEqual(network.sent, ['a', 'a', 'a'])
  await network.reply(DONE)
  assert.deepEqual(command.outcomes, ['done'])
  t.mock.timers.tick(60_000)
  assert.equal(network.sent.length, 3)
})

test('the server may say when to come back', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const network = new Network()
  const queue = new CommandQueue({ send: network.send })
  queue.add(entry({}, 'a'))
  await network.reply({ kind: 'unreachable', retryAfterMs: 7000 })
  t.mock.timers.tick(6999)
  assert.equal(network.sent.length, 1)
  t.mock.timers.tick(1)
  assert.equal(network.sent.length, 2)
})

test('a later value of the same cell replaces one that was never tried, not one that may have arrived', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const network = new Network()
  const queue = new CommandQueue({ send: network.send })
  const cell = {}
  queue.add(entry(cell, 'first'))
  await network.reply(UNREACHABLE)
  queue.add(entry(cell, 'second'))
  queue.add(entry(cell, 'third'))
  assert.equal(queue.length, 2)
  queue.retryNow()
  await network.reply(DONE)
  await network.reply(DONE)
  assert.deepEqual(network.sent, ['first', 'first', 'third'])
})

test('a refused command leaves the queue and the next one goes', async () => {
  const network = new Network()
  const queue = new CommandQueue({ send: network.send })
  const refused = entry({}, 'a')
  queue.add(refused)
  queue.add(entry({}, 'b'))
  await network.reply({ kind: 'refused', status: 422, problem: { detail: 'No.' } })
  assert.deepEqual(refused.outcomes, ['refused'])
  assert.deepEqual(network.sent, ['a', 'b'])
})

test('a command of a page before takes no place and leaves it to none', async () => {
  const network = new Network()
  const queue = new CommandQueue({ send: network.send })
  const cell = {}
  queue.add(entry({}, 'other'))
  queue.add({ ...entry(cell, 'first'), isOfBefore: true })
  queue.add({ ...entry(cell, 'second'), isOfBefore: true })
  queue.add(entry(cell, 'third'))
  queue.add(entry(cell, 'fourth'))
  assert.equal(queue.lastOf(cell)?.mayHaveArrived, false)
  for (let sent = 0; sent < 4; sent += 1) await network.reply(DONE)
  assert.deepEqual(network.sent, ['other', 'first', 'second', 'fourth'])
})

test('what an owner sent last is known while it has no answer', async () => {
  const network = new Network()
  const queue = new CommandQueue({ send: network.send })
  const cell = {}
  assert.equal(queue.lastOf(cell), null)
  queue.add(entry(cell, 'first'))
  assert.deepEqual([queue.lastOf(cell)?.command.idempotencyKey, queue.lastOf(cell)?.mayHaveArrived], ['first', true])
  queue.add(entry(cell, 'second'))
  assert.deepEqual([queue.lastOf(cell)?.command.idempotencyKey, queue.lastOf(cell)?.mayHaveArrived], ['second', false])
  await network.reply(DONE)
  await network.reply(DONE)
  assert.equal(queue.lastOf(cell), null)
})
