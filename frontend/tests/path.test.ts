import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pathOf } from '../sign/path'

test('strokes become moves and lines, scaled to the pad', () => {
  const strokes = [
    [{ x: 0, y: 0 }, { x: 100, y: 50 }],
    [{ x: 10.04, y: 20.06 }, { x: 30, y: 20 }],
  ]
  assert.equal(pathOf(strokes, 200), 'M0 0L200 100M20.1 40.1L60 40')
})

test('points closer than can be seen are left out, the last is kept', () => {
  const stroke = [{ x: 0, y: 0 }, { x: 0.5, y: 0 }, { x: 1, y: 0 }, { x: 1.1, y: 0 }]
  assert.equal(pathOf([stroke], null), 'M0 0L1.1 0')
})

test('a tap is a dot', () => {
  assert.equal(pathOf([[{ x: 5, y: 5 }]], null), 'M5 5L5 5')
})

test('nothing drawn is the empty path', () => {
  assert.equal(pathOf([], 400), '')
})
