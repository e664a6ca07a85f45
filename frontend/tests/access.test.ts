import assert from 'node:assert/strict'
import { test } from 'node:test'

import { accessOf, Unlocked, type AccessFacts } from '../room/access'

const OPEN: AccessFacts = { mayWrite: 'true', isFrozen: false, isLocked: false, isUnlocked: false, isPhone: false }

const CASES: [Partial<AccessFacts>, string][] = [
  [{}, 'write'],
  [{ mayWrite: 'false' }, 'read'],
  [{ mayWrite: 'confirm' }, 'confirm'],
  [{ isFrozen: true }, 'read'],
  [{ isFrozen: true, isUnlocked: true }, 'read'],
  [{ isLocked: true }, 'read'],
  [{ isLocked: true, isUnlocked: true }, 'write'],
  [{ isPhone: true }, 'read'],
  [{ isPhone: true, isUnlocked: true }, 'write'],
  [{ isLocked: true, mayWrite: 'confirm' }, 'read'],
  [{ mayWrite: 'false', isUnlocked: true }, 'read'],
]

for (const [facts, expected] of CASES) {
  test(`${JSON.stringify(facts)}: ${expected}`, () => assert.equal(accessOf({ ...OPEN, ...facts }), expected))
}

test('agreeing to a section closes it again', () => {
  const unlocked = new Unlocked()
  assert.equal(unlocked.isOpen('a', true), false)
  unlocked.open('a')
  assert.equal(unlocked.isOpen('a', true), true, 'opened while agreed')
  assert.equal(unlocked.isOpen('a', false), true, 'my edit re-opened it')
  assert.equal(unlocked.isOpen('a', true), false, 'both agreed again')
  assert.equal(unlocked.isOpen('b', true), false)
})
