import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as Y from 'yjs'

import { takeUp } from '../room/take-up'

const SECTION = 'section:1'

function words(doc: Y.Doc): string {
  return doc.getXmlFragment(SECTION).toString().replace(/<[^>]+>/g, '')
}

/** The server's text, and a page of before in which somebody typed on without saving. */
function typedAndLeft(): { server: Y.Doc; updates: Uint8Array[] } {
  const server = new Y.Doc()
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText('Saved.')])
  server.getXmlFragment(SECTION).insert(0, [paragraph])
  const page = new Y.Doc()
  Y.applyUpdate(page, Y.encodeStateAsUpdate(server))
  const updates: Uint8Array[] = []
  page.on('update', (update: Uint8Array) => updates.push(update))
  const text = (page.getXmlFragment(SECTION).get(0) as Y.XmlElement).get(0) as Y.XmlText
  text.insert(6, ' On')
  text.insert(9, ' the train.')
  return { server, updates }
}

function newPage(server: Y.Doc): Y.Doc {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(server))
  return doc
}

test('what was left unsaved stands in the document again, as one edit that somebody else can take', () => {
  const { server, updates } = typedAndLeft()
  const doc = newPage(server)
  const sent: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => sent.push(update))
  assert.deepEqual(takeUp(doc, [{ isOfThisText: true, updates }]), { isBack: true, homeless: [] })
  assert.equal(words(doc), 'Saved. On the train.')
  assert.equal(sent.length, 1)
  for (const update of sent) Y.applyUpdate(server, update)
  assert.equal(words(server), 'Saved. On the train.')
})

test('what had arrived after all changes nothing', () => {
  const { server, updates } = typedAndLeft()
  for (const update of updates) Y.applyUpdate(server, update)
  const doc = newPage(server)
  assert.deepEqual(takeUp(doc, [{ isOfThisText: true, updates }]), { isBack: false, homeless: [] })
  assert.equal(words(doc), 'Saved. On the train.')
})

test('words of another text, or that build on words nobody has, are given back instead', () => {
  const { server, updates } = typedAndLeft()
  const doc = newPage(server)
  const [, second] = updates
  assert.ok(second)
  const pages = [
    { isOfThisText: false, updates },
    { isOfThisText: true, updates: [second] },
  ]
  assert.deepEqual(takeUp(doc, pages), { isBack: false, homeless: ['On the train.', 'the train.'] })
  assert.equal(words(doc), 'Saved.')
  assert.equal(doc.store.pendingStructs, null)
})
