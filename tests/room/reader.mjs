/**
 * Yjs and the editor's binding in Node, for tests that compare them with the server's reading.
 *
 * Takes one JSON line {root, updates: [hex, ...]} after another; answers each with one line:
 * {text, clocks, waits, tidied, browser}, or {error}. `text` lists nodes with their attributes and formatted letters,
 * `clocks` is the state vector, `waits` whether Yjs parked something, `tidied` the updates by which Yjs of itself deleted
 * marks that mark nothing, `browser` what the editor's binding throws, or null.
 */
import { createInterface } from 'node:readline'
import { initProseMirrorDoc } from '@tiptap/y-tiptap'
import * as Y from 'yjs'
import { schema } from './corpus/schema.mjs'

function listed (fragment) {
  const found = []
  const stack = fragment.toArray()
  while (stack.length) {
    const node = stack.pop()
    if (node instanceof Y.XmlText) {
      found.push({ letters: node.toDelta().map(({ insert, attributes }) => [insert, attributes ?? {}]) })
    } else {
      found.push({ name: node.nodeName, attributes: node.getAttributes() })
      stack.push(...node.toArray())
    }
  }
  return found
}

/** What the binding throws when a browser opens this text. It may repair the text, so it gets a copy. */
function thrownInBrowser (doc, root) {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  try { initProseMirrorDoc(copy.getXmlFragment(root), schema) } catch (error) { return String(error) }
  return null
}

function read ({ root, updates }) {
  const doc = new Y.Doc()
  const tidied = []
  doc.on('update', (update, origin, _doc, { local }) => { if (local) tidied.push(Buffer.from(update).toString('hex')) })
  for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, 'hex'))
  const text = listed(doc.getXmlFragment(root))
  const waits = doc.store.pendingStructs !== null || doc.store.pendingDs !== null
  const clocks = Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(doc)))
  return { text, clocks, waits, tidied, browser: thrownInBrowser(doc, root) }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try { answer = read(JSON.parse(line)) } catch (error) { answer = { error: String(error) } }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
