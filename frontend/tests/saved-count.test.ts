import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SavedCount } from '../room/saved-count'

/** A socket that has answered the server's step 1, settled. */
function opened(): SavedCount {
  const count = new SavedCount()
  count.socketOpened()
  count.frameSent(true, 0)
  count.framesSettled(1)
  return count
}

function type(count: SavedCount, clock: number): void {
  count.editMade()
  count.frameSent(false, clock)
}

test('an empty step 2 leaves nothing unsaved', () => {
  assert.equal(opened().unsavedEdits, 0)
})

test('an edit is unsaved until its frame is settled', () => {
  const count = opened()
  type(count, 1)
  type(count, 2)
  assert.equal(count.unsavedEdits, 2)
  count.framesSettled(2)
  assert.equal(count.unsavedEdits, 1)
  assert.equal(count.savedClock, 1)
  count.framesSettled(3)
  assert.equal(count.unsavedEdits, 0)
  assert.equal(count.savedClock, 2)
})

test('a count that goes back or repeats changes nothing', () => {
  const count = opened()
  type(count, 1)
  count.framesSettled(2)
  count.framesSettled(2)
  count.framesSettled(1)
  assert.equal(count.unsavedEdits, 0)
})

test('edits made offline are saved with the step 2 of the next socket', () => {
  const count = opened()
  type(count, 1)
  count.editMade()
  count.socketOpened()
  assert.equal(count.unsavedEdits, 2)
  count.frameSent(true, 2)
  assert.equal(count.unsavedEdits, 2)
  count.framesSettled(1)
  assert.equal(count.unsavedEdits, 0)
})

test('an acknowledgement of the last socket does not count for this one', () => {
  const count = opened()
  type(count, 1)
  count.socketOpened()
  count.frameSent(true, 1)
  count.framesSettled(0)
  assert.equal(count.unsavedEdits, 1)
})

test('a refused frame, and what builds on it, stays unsaved until a step 2 is settled', () => {
  const count = opened()
  type(count, 1)
  count.frameRefused(2)
  type(count, 2)
  count.framesSettled(3)
  assert.equal(count.unsavedEdits, 2)
  assert.equal(count.savedClock, 0)
  count.frameSent(true, 2)
  count.framesSettled(4)
  assert.equal(count.unsavedEdits, 0)
  assert.equal(count.savedClock, 2)
})

test('a refused step 2 closes no hole', () => {
  const count = opened()
  type(count, 1)
  count.frameRefused(2)
  count.frameSent(true, 1)
  count.frameRefused(3)
  count.framesSettled(3)
  assert.equal(count.unsavedEdits, 1)
})
