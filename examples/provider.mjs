/**
 * Takes part in a proposal's room with y-websocket's provider as it comes from npm; runs in Node and in browsers.
 *
 *   node examples/provider.mjs wss://sameside.example/ws/proposals PROPOSAL TICKET SECTION "Words to add"
 *
 * The ticket is from `POST /api/v1/proposals/PROPOSAL/room-tickets/`; a page of the server's own needs none.
 * Prints what the section says in the end.
 */
import * as Y from 'yjs'
import { WebsocketProvider } from 'y-websocket'

/** Add a paragraph to a section. Resolves with its text, paragraph by paragraph, when the server has stored it. */
export async function addParagraph ({ server, proposal, ticket, section, words }) {
  const WebSocketPolyfill = globalThis.WebSocket ?? (await import('ws')).default
  const params = ticket ? { ticket } : {}
  const enter = doc => new WebsocketProvider(server, proposal, doc, { params, WebSocketPolyfill, disableBc: true })
  const doc = new Y.Doc()
  const provider = enter(doc)
  await new Promise(resolve => provider.once('sync', resolve))

  const text = doc.getXmlFragment(`section:${section}`)
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText(words)])
  text.push([paragraph])

  // What the server gives to somebody else is on its disk.
  const others = new Y.Doc()
  const reader = enter(others)
  const has = () => Y.getState(others.store, doc.clientID) === Y.getState(doc.store, doc.clientID)
  await new Promise(resolve => others.on('update', () => { if (has()) resolve() }))
  provider.destroy()
  reader.destroy()
  return text.toArray().map(block => block.toArray().join(''))
}

if (globalThis.process?.argv[1]?.endsWith('provider.mjs')) {
  const [server, proposal, ticket, section, words] = process.argv.slice(2)
  addParagraph({ server, proposal, ticket, section, words }).then(text => {
    console.log(text.join('\n'))
    process.exit(0)
  })
}
