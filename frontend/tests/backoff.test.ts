import assert from 'node:assert/strict'
import { test } from 'node:test'

import { delayMs, ROOM_BACKOFF } from '../page/backoff'

const attempts = [0, 1, 2, 3, 39, 40, 100]

test('the wait doubles up to a second at first and three later, and is spread over the upper half of each step', () => {
  const longest = attempts.map((attempt) => delayMs(attempt, ROOM_BACKOFF, () => 1))
  const shortest = attempts.map((attempt) => delayMs(attempt, ROOM_BACKOFF, () => 0))
  assert.deepEqual(longest, [200, 400, 800, 1000, 1000, 3000, 3000])
  assert.deepEqual(shortest, longest.map((wait) => wait / 2))
})

test('a crowd that lost its server at once comes back spread over the step', () => {
  const waits = Array.from({ length: 1000 }, () => delayMs(4, ROOM_BACKOFF))
  const moments = new Set(waits).size
  assert.ok(moments > 300, `1000 came back in ${moments} moments`)
})
