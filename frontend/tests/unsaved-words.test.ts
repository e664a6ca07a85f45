import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as Y from 'yjs'

import { unsavedWords } from '../room/unsaved-words'

function paragraphs(doc: Y.Doc, name: string, ...texts: string[]): Y.XmlText[] {
  const fragment = doc.getXmlFragment(name)
  return texts.map((words) => {
    const text = new Y.XmlText(words)
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [text])
    fragment.push([paragraph])
    return text
  })
}

function clockOf(doc: Y.Doc): number {
  return Y.getState(doc.store, doc.clientID)
}

test('only my own words, only those behind the saved clock', () => {
  const theirs = new Y.Doc()
  paragraphs(theirs, 'section:a', 'Theirs. ')
  const mine = new Y.Doc()
  Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs))
  const paragraph = mine.getXmlFragment('section:a').get(0) as Y.XmlElement
  const text = paragraph.get(0) as Y.XmlText
  text.insert(8, 'Saved. ')
  const saved = clockOf(mine)
  text.insert(15, 'Not saved.')
  assert.deepEqual(unsavedWords(mine, saved), [{ fragment: 'section:a', text: 'Not saved.' }])
})

test('an item that is half saved gives its other half', () => {
  const doc = new Y.Doc()
  const [text] = paragraphs(doc, 'section:a', '')
  text?.insert(0, 'abc')
  const saved = clockOf(doc)
  // Typed on at the end: Yjs makes it one item with what was there.
  text?.insert(3, 'def')
  assert.deepEqual(unsavedWords(doc, saved), [{ fragment: 'section:a', text: 'def' }])
})

test('sections and blocks apart, in reading order; what I deleted is gone', () => {
  const doc = new Y.Doc()
  const [first] = paragraphs(doc, 'section:a', 'One', 'Two')
  first?.insert(3, ' more')
  first?.delete(0, 1)
  paragraphs(doc, 'section:b', 'Three')
  paragraphs(doc, 'section:c', '')
  assert.deepEqual(unsavedWords(doc, 0), [
    { fragment: 'section:a', text: 'ne more\nTwo' },
    { fragment: 'section:b', text: 'Three' },
  ])
})

test('nothing unsaved is nothing to show', () => {
  const doc = new Y.Doc()
  paragraphs(doc, 'section:a', 'One')
  assert.deepEqual(unsavedWords(doc, clockOf(doc)), [])
})
