import assert from 'node:assert/strict'
import test from 'node:test'

import { isBlock } from '../pricing/block-paste'
import { moveOf, target, type Place } from '../pricing/moves'

/** Quantity in column 1, price in column 2; the second row has no price, the third no quantity. */
const CELLS: Place[] = [
  { row: 1, column: 1 },
  { row: 1, column: 2 },
  { row: 2, column: 1 },
  { row: 3, column: 2 },
]

function key(name: string, held: Partial<Record<'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) {
  return { key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held }
}

test('Tab goes on in reading order, and out of the table at its ends', () => {
  assert.deepEqual([0, 1, 2, 3].map((at) => target(CELLS, at, 'next')), [1, 2, 3, null])
  assert.deepEqual([0, 1, 2, 3].map((at) => target(CELLS, at, 'previous')), [null, 0, 1, 2])
})

test('down and up keep the column and skip rows without it', () => {
  assert.deepEqual([0, 1, 2, 3].map((at) => target(CELLS, at, 'down')), [2, 3, null, null])
  assert.deepEqual([0, 1, 2, 3].map((at) => target(CELLS, at, 'up')), [null, null, 0, 1])
})

test('left and right stay in the row', () => {
  assert.deepEqual([0, 1, 2, 3].map((at) => target(CELLS, at, 'right')), [1, null, null, null])
  assert.deepEqual([0, 1, 2, 3].map((at) => target(CELLS, at, 'left')), [null, 0, null, null])
})

test('keys ask for moves; left and right only while the whole value is selected', () => {
  assert.equal(moveOf(key('Tab'), false), 'next')
  assert.equal(moveOf(key('Tab', { shiftKey: true }), false), 'previous')
  assert.equal(moveOf(key('Enter'), false), 'down')
  assert.equal(moveOf(key('Enter', { shiftKey: true }), false), 'up')
  assert.equal(moveOf(key('ArrowUp'), false), 'up')
  assert.equal(moveOf(key('ArrowRight'), true), 'right')
  assert.equal(moveOf(key('ArrowRight'), false), null)
  assert.equal(moveOf(key('ArrowLeft', { shiftKey: true }), true), null)
  assert.equal(moveOf(key('Tab', { ctrlKey: true }), true), null)
  assert.equal(moveOf(key('5'), true), null)
})

test('a block is several cells; one cell with the line break that spreadsheets add is none', () => {
  assert.equal(isBlock('1250'), false)
  assert.equal(isBlock('1250\r\n'), false)
  assert.equal(isBlock('Design\t3'), true)
  assert.equal(isBlock('1\r\n2\r\n'), true)
})
