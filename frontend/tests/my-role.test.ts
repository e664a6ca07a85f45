import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

import { mayWriteNow } from '../room/my-role'
import { openWindow } from './browser'

beforeEach(() => void openWindow('<main id="room" data-may-write="true"></main>'))

const answering = (status: number, page: string) => (async () => new Response(page, { status })) as typeof fetch

test('what I may is what the page says that the server would give me now', async () => {
  assert.equal(await mayWriteNow(answering(200, '<main id="room" data-may-write="false"></main>')), 'false')
  assert.equal(await mayWriteNow(answering(200, '<main id="room" data-may-write="true"></main>')), 'true')
})

test('a page that can not be had says nothing', async () => {
  assert.equal(await mayWriteNow(answering(404, '')), null)
  assert.equal(await mayWriteNow(answering(200, '<p>Sign in</p>')), null)
  assert.equal(await mayWriteNow(() => Promise.reject(new TypeError('No connection'))), null)
})
