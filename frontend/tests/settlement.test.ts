import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Settlement } from '../room/settlement'

const SECTION = 'section:a'

test('a section nobody has touched is settled', () => {
  assert.equal(new Settlement().isSettled(SECTION), true)
})

test('my edit: unsaved, then durable, then settled at or after its number', () => {
  const settlement = new Settlement()
  settlement.editedHere(SECTION, 1)
  assert.equal(settlement.hasUnsaved(SECTION), true)
  settlement.settled(SECTION, 7)
  assert.equal(settlement.isSettled(SECTION), false)
  settlement.saved(1, 8)
  assert.equal(settlement.hasUnsaved(SECTION), false)
  assert.equal(settlement.isSettled(SECTION), false, 'the fingerprint of 7 is not that of 8')
  settlement.settled(SECTION, 8)
  assert.equal(settlement.isSettled(SECTION), true)
})

test('a change elsewhere waits for its number and for the fingerprint', () => {
  const settlement = new Settlement()
  settlement.changedElsewhere(SECTION)
  settlement.settled(SECTION, 4)
  assert.equal(settlement.isSettled(SECTION), false)
  settlement.head(5)
  assert.equal(settlement.isSettled(SECTION), false)
  settlement.settled(SECTION, 5)
  assert.equal(settlement.isSettled(SECTION), true)
})

test('one section does not hold up another', () => {
  const settlement = new Settlement()
  settlement.editedHere('section:b', 1)
  assert.equal(settlement.isSettled(SECTION), true)
  assert.equal(settlement.isSettled('section:b'), false)
})

test('waiting may be waived, unsaved words may not', () => {
  const settlement = new Settlement()
  settlement.changedElsewhere(SECTION)
  settlement.waive(SECTION)
  assert.equal(settlement.isSettled(SECTION), true)
  settlement.editedHere(SECTION, 1)
  settlement.waive(SECTION)
  assert.equal(settlement.isSettled(SECTION), false)
})
