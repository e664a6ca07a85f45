import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pathOf, smoothPathOf } from '../sign/path'

test('strokes become moves and lines, to one decimal', () => {
  const strokes = [
    [{ x: 0, y: 0 }, { x: 100, y: 50 }],
    [{ x: 10.04, y: 20.06 }, { x: 30, y: 20 }],
  ]
  assert.equal(pathOf(strokes), 'M0 0L100 50M10 20.1L30 20')
})

test('points closer than can be seen are left out, the last is kept', () => {
  const stroke = [{ x: 0, y: 0 }, { x: 0.5, y: 0 }, { x: 1, y: 0 }, { x: 1.1, y: 0 }]
  assert.equal(pathOf([stroke]), 'M0 0L1.1 0')
})

test('a tap is a dot', () => {
  assert.equal(pathOf([[{ x: 5, y: 5 }]]), 'M5 5L5 5')
  assert.equal(smoothPathOf([[{ x: 5, y: 5 }]]), 'M5 5L5 5')
})

test('nothing drawn is the empty path', () => {
  assert.equal(pathOf([]), '')
  assert.equal(smoothPathOf([]), '')
})

test('what is shown is bent by its points and ends where the pen left', () => {
  const stroke = [{ x: 1, y: 1 }, { x: 100, y: 50 }, { x: 20, y: 30 }]
  assert.equal(smoothPathOf([stroke]), 'M1 1Q100 50 60 40L20 30')
})

test('a drawing of any length stays within what the server takes, from its first point to its last', () => {
  const stroke = Array.from({ length: 20_000 }, (_, index) => ({ x: index % 400, y: Math.floor(index / 400) * 2 }))
  const sent = pathOf([stroke])
  const count = sent.split(/(?=[ML])/).length
  assert.ok(count <= 3900, `${count} points`)
  assert.ok(sent.startsWith('M0 0L'))
  assert.ok(sent.endsWith('L399 98'))
})
