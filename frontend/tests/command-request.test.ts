import assert from 'node:assert/strict'
import { test } from 'node:test'

import { bodyOf, send, type Command } from '../page/command-request'

const COMMAND: Command = { url: '/lines/1', body: new FormData(), csrfToken: 'token', idempotencyKey: 'key' }

function answering(response: Response | Error): { fetcher: typeof fetch; requests: RequestInit[] } {
  const requests: RequestInit[] = []
  const fetcher = (_url: unknown, init?: RequestInit): Promise<Response> => {
    requests.push(init ?? {})
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response)
  }
  return { fetcher: fetcher as typeof fetch, requests }
}

test('posts with key and token, asks for JSON', async () => {
  const { fetcher, requests } = answering(Response.json({ announce: 'Done.' }))
  assert.deepEqual(await send(COMMAND, fetcher), { kind: 'done', answer: { announce: 'Done.' } })
  assert.equal(requests[0]?.method, 'POST')
  assert.deepEqual(requests[0]?.headers, {
    Accept: 'application/json',
    'X-CSRFToken': 'token',
    'Idempotency-Key': 'key',
  })
})

test('a problem is passed on with its status', async () => {
  const { fetcher } = answering(Response.json({ code: 'changed_since', detail: 'Changed.' }, { status: 409 }))
  const outcome = await send(COMMAND, fetcher)
  assert.deepEqual(outcome, { kind: 'refused', status: 409, problem: { code: 'changed_since', detail: 'Changed.' } })
})

test('no network, a proxy in the way: try again', async () => {
  assert.deepEqual(await send(COMMAND, answering(new TypeError('failed')).fetcher), {
    kind: 'unreachable',
    retryAfterMs: null,
  })
  const busy = new Response('', { status: 503, headers: { 'Retry-After': '3' } })
  assert.deepEqual(await send(COMMAND, answering(busy).fetcher), { kind: 'unreachable', retryAfterMs: 3000 })
})

test('too many tries is an answer, not a reason to try again', async () => {
  const wait = Response.json({ detail: 'Wait ten minutes.' }, { status: 429, headers: { 'Retry-After': '600' } })
  const outcome = await send(COMMAND, answering(wait).fetcher)
  assert.deepEqual(outcome, { kind: 'refused', status: 429, problem: { detail: 'Wait ten minutes.' } })
})

test('plain fields have the same bytes at every try, files go as multipart', () => {
  const fields = new FormData()
  fields.append('value', '1 & 2')
  fields.append('value', 'ü')
  assert.equal(String(bodyOf(fields)), 'value=1+%26+2&value=%C3%BC')
  fields.append('file', new File(['x'], 'x.pdf'))
  assert.equal(bodyOf(fields), fields)
})

test('an error page that is not ours says so in words', async () => {
  const outcome = await send(COMMAND, answering(new Response('<h1>500</h1>', { status: 500 })).fetcher)
  assert.equal(outcome.kind, 'refused')
  assert.match(outcome.kind === 'refused' ? (outcome.problem.detail ?? '') : '', /still here/)
})

test('an empty answer is done', async () => {
  assert.deepEqual(await send(COMMAND, answering(new Response(null, { status: 204 })).fetcher), {
    kind: 'done',
    answer: {},
  })
})
