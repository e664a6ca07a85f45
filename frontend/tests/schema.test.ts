import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getSchema } from '@tiptap/core'
import { prosemirrorJSONToYXmlFragment, yXmlFragmentToProseMirrorRootNode } from '@tiptap/y-tiptap'
import * as Y from 'yjs'

import { isAllowedLink, schemaExtensions } from '../editor/schema'
import { holdsUnknownContent } from '../editor/unknown-content'

const schema = getSchema(schemaExtensions())

test('the nodes and marks the server knows, and no others', () => {
  const blocks = ['blockquote', 'bulletList', 'heading', 'listItem', 'orderedList', 'paragraph']
  assert.deepEqual(Object.keys(schema.nodes).sort(), [...blocks, 'doc', 'hardBreak', 'text'].sort())
  assert.deepEqual(Object.keys(schema.marks).sort(), ['bold', 'code', 'comment', 'italic', 'link', 'strike'])
})

test('attributes are only those of the text', () => {
  assert.deepEqual(Object.keys(schema.marks.link?.spec.attrs ?? {}), ['href'])
  assert.deepEqual(Object.keys(schema.nodes.orderedList?.spec.attrs ?? {}), ['start'])
  assert.deepEqual(Object.keys(schema.nodes.heading?.spec.attrs ?? {}), ['level'])
})

test('a comment overlaps another and survives the way through Yjs', () => {
  const comment = (id: string): object => ({ type: 'comment', attrs: { id } })
  const content = {
    type: 'doc',
    content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Both', marks: [comment('a'), comment('b')] }] }],
  }
  const fragment = new Y.Doc().getXmlFragment('section:a')
  prosemirrorJSONToYXmlFragment(schema, content, fragment)
  assert.equal(holdsUnknownContent(fragment), false)
  const marks = yXmlFragmentToProseMirrorRootNode(fragment, schema).firstChild?.firstChild?.marks ?? []
  assert.deepEqual(marks.map((mark) => mark.attrs.id as string).sort(), ['a', 'b'])
})

test('unknown nodes and marks are noticed before binding would delete them', () => {
  const doc = new Y.Doc()
  const withNode = doc.getXmlFragment('section:a')
  const quote = new Y.XmlElement('blockquote')
  quote.insert(0, [new Y.XmlElement('timeMachine')])
  withNode.insert(0, [quote])
  assert.equal(holdsUnknownContent(withNode), true)

  const withMark = doc.getXmlFragment('section:b')
  const text = new Y.XmlText()
  text.insert(0, 'words', { glow: {} })
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [text])
  withMark.insert(0, [paragraph])
  assert.equal(holdsUnknownContent(withMark), true)
  assert.equal(holdsUnknownContent(doc.getXmlFragment('section:c')), false)
})

for (const address of ['https://a.example/x', 'http://a.example', 'mailto:me@a.example', 'tel:+4912345']) {
  test(`${address} may be linked`, () => assert.equal(isAllowedLink(address), true))
}

const REFUSED = ['javascript:alert(1)', 'JAVASCRIPT:alert(1)', 'data:text/html,x', 'ftp://a', '/p/1', 'https://a b', '', null]
for (const address of REFUSED) {
  test(`${address} may not`, () => assert.equal(isAllowedLink(address), false))
}
