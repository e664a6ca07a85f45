import assert from 'node:assert/strict'
import { mock, test } from 'node:test'

import { Storing } from '../room/storing'

test('says so when nothing was stored for too long, and takes it back when something was', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  let told = 0
  const storing = new Storing(() => told++, 4_000)
  assert.equal(storing.isStalled(true), false)
  mock.timers.tick(3_999)
  assert.equal(storing.isStalled(true), false)
  storing.progressed()
  assert.equal(storing.isStalled(true), false)
  mock.timers.tick(4_000)
  assert.equal(told, 1)
  assert.equal(storing.isStalled(true), true)
  assert.equal(storing.isStalled(false), false)
  mock.timers.tick(10_000)
  assert.equal(told, 1)
  mock.timers.reset()
})
