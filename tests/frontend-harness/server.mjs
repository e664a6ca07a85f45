/**
 * A stand-in for the server, to look at and try the browser side alone: the pages of `pages.mjs` under the same strict
 * content security policy, a room in memory that speaks `sameside.v1`, and a price that can be changed.
 *
 * It checks nothing and stores nothing. Usage: node tests/frontend-harness/server.mjs [port]; it prints its address.
 * `POST /harness` with {drop, deaf, reject, event, ...} makes it misbehave or say something, see `misbehave`.
 */
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocketServer } from 'ws'
import * as Y from 'yjs'

import { pages, priceTable, ROOM_ID, SECTIONS } from './pages.mjs'

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.html': 'text/html' }
const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../frontend/dist')

const doc = new Y.Doc()
const room = {
  sockets: new Set(),
  seq: 1,
  event: 0,
  epoch: 1,
  schema: 1,
  /** Acknowledge nothing. */
  deaf: false,
  /** {code, reason} for the next update. */
  reject: null,
  quantity: '14',
  /** Commands carried out, and their answers by key. */
  applied: [],
  answers: new Map(),
}
for (const { id, text } of SECTIONS) {
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText(text)])
  doc.getXmlFragment(`section:${id}`).insert(0, [paragraph])
}

// --- the room ------------------------------------------------------------------------------------------------------

function frame(type, write) {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, type)
  write(encoder)
  return encoding.toUint8Array(encoder)
}

const json = (type, content) => frame(type, (encoder) => encoding.writeVarString(encoder, JSON.stringify(content)))
const sync = (kind, bytes) =>
  frame(0, (encoder) => {
    encoding.writeVarUint(encoder, kind)
    encoding.writeVarUint8Array(encoder, bytes)
  })
const numbers = (type, ...values) =>
  frame(type, (encoder) => {
    for (const value of values) encoding.writeVarUint(encoder, value)
  })

function everywhere(bytes) {
  for (const socket of room.sockets) socket.send(bytes)
}

function received(socket, bytes) {
  const decoder = decoding.createDecoder(bytes)
  const type = decoding.readVarUint(decoder)
  if (type === 1) {
    for (const other of room.sockets) if (other !== socket) other.send(bytes)
    return
  }
  if (type === 126) socket.resumed = [decoding.readVarUint(decoder), decoding.readVarUint(decoder)]
  if (type !== 0) return
  const kind = decoding.readVarUint(decoder)
  const payload = decoding.readVarUint8Array(decoder)
  if (kind === 0) {
    socket.send(sync(1, Y.encodeStateAsUpdate(doc, payload)))
    socket.send(sync(0, Y.encodeStateVector(doc)))
    return
  }
  written(socket, payload)
}

function written(socket, update) {
  socket.count += 1
  if (room.reject) {
    const { code, reason } = room.reject
    room.reject = null
    const rejected = frame(122, (encoder) => {
      encoding.writeVarUint(encoder, socket.count)
      encoding.writeVarUint(encoder, code)
      encoding.writeVarString(encoder, reason)
    })
    socket.send(rejected)
    socket.send(numbers(121, socket.count, room.seq))
    if (code === 2) socket.send(sync(0, Y.encodeStateVector(doc)))
    return
  }
  Y.applyUpdate(doc, update)
  if (update.length > 2) {
    room.seq += 1
    everywhere(sync(2, update))
    everywhere(numbers(123, room.seq))
    settle()
  }
  if (!room.deaf) socket.send(numbers(121, socket.count, room.seq))
}

let settling = null
function settle() {
  clearTimeout(settling)
  settling = setTimeout(() => {
    for (const { id } of SECTIONS) {
      const fingerprint = `v1:${id}:${room.seq}`
      everywhere(json(125, { type: 'section.settled', section: id, fingerprint, text_seq: room.seq }))
    }
  }, 300)
}

function joined(socket) {
  socket.binaryType = 'nodebuffer'
  socket.count = 0
  room.sockets.add(socket)
  const { epoch, seq, schema, event } = room
  socket.send(json(120, { protocol: 1, room: ROOM_ID, epoch, seq, role: 'editor', schema, limits: {}, event }))
  socket.on('message', (bytes) => received(socket, new Uint8Array(bytes)))
  socket.on('close', () => room.sockets.delete(socket))
}

function say(event) {
  room.event += 1
  everywhere(json(125, { seq: room.event, actor: { id: 'nobody', name: 'Nobody' }, fragments: [], ...event }))
}

/** Commands of the tests: `drop` closes every socket with that code, the rest sets what comes next. */
function misbehave({ drop, event, ...changes }) {
  Object.assign(room, changes)
  if (changes.deaf === false) for (const socket of room.sockets) socket.send(numbers(121, socket.count, room.seq))
  if (event) say(event)
  if (drop) for (const socket of room.sockets) socket.close(drop)
}

// --- pages and commands --------------------------------------------------------------------------------------------

async function body(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function form(request) {
  return new Response(await body(request), { headers: { 'Content-Type': request.headers['content-type'] } }).formData()
}

function reply(response, status, content) {
  response.writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' })
  response.end(JSON.stringify(content))
}

/** Every command asks for the same things: apply once per key, refuse "1.2.3", tell everybody. */
async function command(request, response, url) {
  const fields = Object.fromEntries(await form(request))
  const key = request.headers['idempotency-key']
  if (!room.answers.has(key)) room.answers.set(key, answer(url.pathname, fields))
  const { status, content } = room.answers.get(key)
  reply(response, status, content)
}

function answer(pathname, fields) {
  room.applied.push({ pathname, fields })
  if (pathname !== '/commands/quantity') return { status: 200, content: { announce: 'Done.', event: room.event } }
  if (!/^\d+([.,]\d+)?$/.test(fields.value)) {
    const detail = `“${fields.value}” is not an amount; nothing was changed.`
    const errors = [{ pointer: '/value', code: 'invalid', detail }]
    return { status: 422, content: { code: 'invalid', detail, errors } }
  }
  room.quantity = fields.value
  const fragments = [{ id: 'pricing-table', html: priceTable(room.quantity) }]
  say({ type: 'line.changed', fragments, announce: `Quantity is ${room.quantity} now.` })
  return { status: 200, content: { fragments, announce: `Quantity is ${room.quantity} now.`, event: room.event } }
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost')
  if (request.method === 'POST' && url.pathname === '/harness') {
    misbehave(JSON.parse(await body(request)))
    const resumed = [...room.sockets].map((socket) => socket.resumed ?? null)
    reply(response, 200, { applied: room.applied, seq: room.seq, resumed })
  } else if (request.method === 'POST') {
    await command(request, response, url)
  } else if (url.pathname.startsWith('/static/')) {
    const file = path.join(dist, path.normalize(url.pathname.slice('/static'.length)))
    const content = await readFile(file).catch(() => null)
    response.writeHead(content ? 200 : 404, { 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream' })
    response.end(content)
  } else {
    const page = pages(url, room)
    response.writeHead(page ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': CSP })
    response.end(page ?? 'Nothing here')
  }
})
const sockets = new WebSocketServer({ server, handleProtocols: () => 'sameside.v1' })
sockets.on('connection', joined)
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`)
})
