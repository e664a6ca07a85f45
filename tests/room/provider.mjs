/**
 * Unmodified y-websocket providers against a running server.
 *
 *   node provider.mjs '{"server": "ws://...", "room": id, "root": "section:...", "people": [headers, headers], ...}' MODE
 *
 * converse  two people write in turn; both documents at the end
 * idle      one person does nothing for `seconds`, then writes
 * endure    one person types until the server has been away and is back; then a newcomer reads
 *
 * Prints one JSON object on its last line; `endure` first prints "typing" on a line, once some words are there.
 */
import { setTimeout as wait } from 'node:timers/promises'
import WebSocket from 'ws'
import * as Y from 'yjs'
import { WebsocketProvider } from 'y-websocket'

const options = JSON.parse(process.argv[2])
const mode = process.argv[3]

// The provider goes by the clock; with `speed` it runs faster, and so do the seconds of the modes.
const now = Date.now
const began = now()
Date.now = () => began + (now() - began) * options.speed

function enter (headers) {
  const doc = new Y.Doc()
  class WithHeaders extends WebSocket { constructor (url, protocols) { super(url, protocols, { headers }) } }
  const provider = new WebsocketProvider(options.server, options.room, doc, { WebSocketPolyfill: WithHeaders, disableBc: true })
  const seen = { provider, doc, disconnects: 0, statuses: [] }
  provider.on('status', ({ status }) => { seen.statuses.push(status); if (status === 'disconnected') seen.disconnects++ })
  return seen
}

const until = async condition => { while (!condition()) await wait(10) }
const synced = person => until(() => person.provider.synced)
const paragraph = person => person.doc.getXmlFragment(options.root).get(0)
const text = person => paragraph(person).length ? paragraph(person).get(0) : null
const read = person => text(person)?.toString() ?? ''
function type (person, letters) {
  person.doc.transact(() => {
    if (!text(person)) paragraph(person).insert(0, [new Y.XmlText()])
    text(person).insert(text(person).length, letters)
  })
}

const modes = {
  async converse () {
    const [one, other] = options.people.map(enter)
    await Promise.all([synced(one), synced(other)])
    one.provider.awareness.setLocalStateField('user', { name: 'Somebody else' })
    type(one, 'one, ')
    await until(() => read(other) === 'one, ')
    type(other, 'two')
    await until(() => read(one) === 'one, two')
    await until(() => other.provider.awareness.getStates().has(one.doc.clientID))
    return { texts: [read(one), read(other)], user: other.provider.awareness.getStates().get(one.doc.clientID).user }
  },

  async idle () {
    const one = enter(options.people[0])
    await synced(one)
    await wait(options.seconds * 1000 / options.speed)
    const disconnects = one.disconnects
    const other = enter(options.people[1])
    await synced(other)
    type(one, 'awake')
    await until(() => read(other) === 'awake')
    return { disconnects, statuses: one.statuses }
  },

  async endure () {
    const one = enter(options.people[0])
    await synced(one)
    let typed = ''
    let number = 0
    const go_on = async () => {
      const word = `${number++}.`
      type(one, word); typed += word
      await wait(15)
    }
    while (number < 50) await go_on()
    console.log('typing')
    while (one.disconnects === 0 || !one.provider.synced) await go_on()
    for (const last = number + 50; number < last;) await go_on()
    await synced(one)
    const other = enter(options.people[1])
    await synced(other)
    await until(() => read(other).length >= typed.length)
    return { typed, read: read(other), disconnects: one.disconnects }
  }
}

console.log(JSON.stringify(await modes[mode]()))
process.exit(0)
