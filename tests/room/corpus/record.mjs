/**
 * Records what the real editor writes: TipTap's schema, ProseMirror's transforms, y-tiptap's binding, Yjs's encoding.
 *
 *   node tests/room/corpus/record.mjs > tests/room/corpus/editing.json
 *
 * Three people edit one section at random, lose touch, come back. Each session of the output holds the updates in the
 * order in which a server receives them ({peer, kind: "update" | "step2", update: hex}), and what the editor makes of
 * the end: ProseMirror JSON, HTML as TipTap serializes it, and plain text. Deterministic: the same file every time.
 */
import { DOMSerializer } from '@tiptap/pm/model'
import { liftListItem, sinkListItem, splitListItem, wrapInList } from '@tiptap/pm/schema-list'
import { EditorState, TextSelection } from '@tiptap/pm/state'
import { initProseMirrorDoc, updateYFragment, yXmlFragmentToProsemirrorJSON } from '@tiptap/y-tiptap'
import * as Y from 'yjs'
import { schema } from './schema.mjs'

const ROOT = 'section:corpus'

/** Small deterministic random generator (mulberry32). */
const generator = seed => () => {
  seed = (seed + 0x6D2B79F5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const WORDS = ['Scope', ' and ', 'fees ', 'naïve', '€ 5 ', '😀', '👩‍👩‍👧 ', '漢字', '𝒳', ' <b>&amp;', 'עברית ', '"quoted" ', 'a', 'b', ' ']

/** The nearest position at or before this one that is not inside a surrogate pair: carets never stand there. */
const whole = (doc, position) => {
  const at = Math.min(Math.max(1, position), doc.content.size)
  return /[\ud800-\udbff]/.test(doc.textBetween(at - 1, at)) ? at - 1 : at
}

class Peer {
  constructor (clientID, random, send) {
    this.random = random
    this.doc = new Y.Doc()
    this.doc.clientID = clientID
    this.fragment = this.doc.getXmlFragment(ROOT)
    this.doc.on('update', (update, origin) => { if (origin !== 'server') send(this, update) })
  }

  pick (list) { return list[Math.floor(this.random() * list.length)] }

  /** One random act of editing, on the editor's own representation. */
  edit () {
    const { doc, meta } = initProseMirrorDoc(this.fragment, schema)
    const state = EditorState.create({ doc, schema })
    const spot = position => whole(doc, TextSelection.near(doc.resolve(Math.min(position, doc.content.size))).from)
    const first = spot(Math.floor(this.random() * (doc.content.size + 1)))
    const second = this.random() < 0.6 ? first : spot(first + Math.floor(this.random() * 12))
    const tr = state.tr.setSelection(TextSelection.between(doc.resolve(first), doc.resolve(second)))
    const chosen = state.apply(tr)
    let after = null
    const dispatch = transaction => { after = transaction.doc }
    try { this.act(chosen, dispatch) } catch (error) { if (!(error instanceof RangeError || error.name === 'TransformError')) throw error }
    if (after === null) return
    try { after.check() } catch { return } // the editor refuses such a step
    this.doc.transact(() => updateYFragment(this.doc, this.fragment, after, meta), 'editor')
  }

  act (state, dispatch) {
    const { from, to, empty, $from } = state.selection
    const tr = state.tr
    const r = this.random()
    if (r < 0.46) dispatch(tr.insertText(this.pick(WORDS) + this.pick(WORDS), from))
    else if (r < 0.50) dispatch(tr.delete(empty ? whole(state.doc, from - 1) : from, to))
    else if (r < 0.58) { if (!splitListItem(schema.nodes.listItem)(state, dispatch)) dispatch(tr.split(from)) }
    else if (r < 0.72) this.mark(state, dispatch)
    else if (r < 0.77) dispatch(tr.setBlockType(from, to, ...this.pick([[schema.nodes.paragraph], [schema.nodes.heading, { level: this.pick([3, 4]) }]])))
    else if (r < 0.82) wrapInList(this.pick([schema.nodes.bulletList, schema.nodes.orderedList]), this.pick([{}, { start: 4 }]))(state, dispatch)
    else if (r < 0.86) this.pick([sinkListItem, liftListItem])(schema.nodes.listItem)(state, dispatch)
    else if (r < 0.90) dispatch(tr.replaceSelectionWith(schema.nodes.hardBreak.create()))
    else if (r < 0.94) { const range = $from.blockRange(); if (range) dispatch(tr.wrap(range, [{ type: schema.nodes.blockquote }])) }
    else if (r < 0.95) { const block = $from.start(1) - 1; dispatch(tr.delete(block, block + $from.node(1).nodeSize)) }
    else dispatch(tr.insert($from.after(1), $from.node(1).copy($from.node(1).content)))
  }

  mark (state, dispatch) {
    const { from, to } = state.selection
    if (from === to) return
    const mark = this.pick([
      () => schema.marks.bold.create(), () => schema.marks.italic.create(), () => schema.marks.strike.create(),
      () => schema.marks.code.create(), () => schema.marks.link.create({ href: this.pick(['https://example.org/?a=1&b=2', 'mailto:ann@example.org']) }),
      () => schema.marks.comment.create({ id: `c${Math.floor(this.random() * 5)}` })
    ])()
    dispatch(this.random() < 0.7 ? state.tr.addMark(from, to, mark) : state.tr.removeMark(from, to, mark))
  }
}

/** Just enough of a DOM for ProseMirror's serializer; `outerHTML` escapes as browsers do. */
const escapeText = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const fakeDocument = {
  createDocumentFragment: () => element(''),
  createTextNode: text => ({ nodeType: 3, outerHTML: escapeText(text) }),
  createElement: name => element(name)
}
function element (name) {
  const attributes = []; const children = []
  return {
    nodeType: 1,
    setAttribute: (key, value) => attributes.push(` ${key}="${String(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`),
    appendChild: child => { children.push(child); return child },
    get innerHTML () { return children.map(child => child.outerHTML).join('') },
    get outerHTML () { return name === 'br' ? `<${name}>` : `<${name}${attributes.join('')}>${this.innerHTML}</${name}>` }
  }
}

function session (seed, edits) {
  const random = generator(seed)
  const server = new Y.Doc(); const received = []
  const hex = bytes => Buffer.from(bytes).toString('hex')
  const receive = (peer, kind, update) => { received.push({ peer: peer.doc.clientID, kind, update: hex(update) }); Y.applyUpdate(server, update) }
  const outbox = new Map()
  const peers = [7, 2 ** 31 + 5, 2 ** 52 + 11].map(id => new Peer(id, random, (peer, update) => {
    if (outbox.get(peer) === undefined) receive(peer, 'update', update)
  }))
  const reconnect = peer => {
    receive(peer, 'step2', Y.encodeStateAsUpdate(peer.doc, Y.encodeStateVector(server)))
    outbox.delete(peer)
    Y.applyUpdate(peer.doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(peer.doc)), 'server')
  }
  const paragraph = new Y.XmlElement('paragraph'); paragraph.insert(0, [new Y.XmlText('Start.')])
  peers[0].fragment.insert(0, [paragraph])
  for (let i = 0; i < edits; i++) {
    const peer = peers[Math.floor(random() * peers.length)]
    const r = random()
    if (outbox.has(peer) ? r < 0.08 : r < 0.25) reconnect(peer)
    else if (!outbox.has(peer) && r < 0.28) outbox.set(peer, true)
    else peer.edit()
  }
  for (let round = 0; round < 3; round++) for (const peer of peers) { reconnect(peer); initProseMirrorDoc(peer.fragment, schema) }
  const jsons = peers.map(peer => JSON.stringify(yXmlFragmentToProsemirrorJSON(peer.fragment)))
  if (new Set(jsons).size !== 1) throw new Error('the peers differ')
  const doc = initProseMirrorDoc(peers[0].fragment, schema).doc
  doc.check()
  const html = DOMSerializer.fromSchema(schema).serializeFragment(doc.content, { document: fakeDocument }).innerHTML
  return { root: ROOT, updates: received, json: doc.toJSON(), html, text: doc.textBetween(0, doc.content.size, '\n', node => node.type.name === 'hardBreak' ? '\n' : '') }
}

const sessions = [[1, 250], [2, 250], [3, 250]].map(([seed, edits]) => session(seed, edits))
process.stdout.write(JSON.stringify({ made_with: 'record.mjs', sessions }, null, 1) + '\n')
