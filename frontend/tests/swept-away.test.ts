import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as Y from 'yjs'

import { deletedByName, sweptAway, type Swept } from '../room/swept-away'

const SECTION = 'section:1'

function fragmentOf(doc: Y.Doc): Y.XmlFragment {
  return doc.getXmlFragment(SECTION)
}

function block(name: string, words: string): Y.XmlElement {
  const element = new Y.XmlElement(name)
  element.insert(0, [new Y.XmlText(words)])
  return element
}

function textOf(doc: Y.Doc, index: number): Y.XmlText {
  return (fragmentOf(doc).get(index) as Y.XmlElement).get(0) as Y.XmlText
}

/** Two people with the same two paragraphs: mine, and somebody else's. */
function together(): { mine: Y.Doc; theirs: Y.Doc } {
  const mine = new Y.Doc()
  const theirs = new Y.Doc()
  fragmentOf(theirs).insert(0, [block('paragraph', 'First.'), block('paragraph', 'Hello world')])
  Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs))
  return { mine, theirs }
}

/** What `change` by the other, made without my unsent letters, sweeps away here. */
function sweptBy(mine: Y.Doc, theirs: Y.Doc, change: () => void): Swept[] {
  let update: Uint8Array = new Uint8Array()
  theirs.once('update', (bytes: Uint8Array) => (update = bytes))
  theirs.transact(change)
  let swept: Swept[] = []
  mine.on('beforeObserverCalls', (transaction: Y.Transaction) => {
    if (transaction.origin === 'room') swept = sweptAway(transaction, deletedByName(update))
  })
  Y.applyUpdate(mine, update, 'room')
  return swept
}

function turnIntoHeading(doc: Y.Doc, index: number): void {
  const words = textOf(doc, index).toString()
  fragmentOf(doc).delete(index, 1)
  fragmentOf(doc).insert(index, [block('heading', words)])
}

test('letters the other had not seen are swept away with their paragraph, and found', () => {
  const { mine, theirs } = together()
  textOf(mine, 1).insert(11, ', dear')
  textOf(mine, 1).insert(0, 'Oh: ')
  const swept = sweptBy(mine, theirs, () => turnIntoHeading(theirs, 1))
  assert.deepEqual(swept, [
    { fragment: SECTION, offset: 6, text: 'Oh: ' },
    { fragment: SECTION, offset: 21, text: ', dear' },
  ])
})

test('letters the other saw are theirs to move or delete', () => {
  const { mine, theirs } = together()
  textOf(mine, 1).insert(11, ', dear')
  Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine))
  assert.deepEqual(
    sweptBy(mine, theirs, () => turnIntoHeading(theirs, 1)),
    [],
  )
  assert.equal(textOf(mine, 1).toString(), 'Hello world, dear')
})

test('only what the other had not seen is found beside what they had', () => {
  const { mine, theirs } = together()
  textOf(mine, 1).insert(11, ', dear')
  Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine))
  textOf(mine, 1).insert(17, ' friend')
  assert.deepEqual(
    sweptBy(mine, theirs, () => turnIntoHeading(theirs, 1)),
    [{ fragment: SECTION, offset: 23, text: ' friend' }],
  )
})

test('what I deleted myself is not brought back', () => {
  const { mine, theirs } = together()
  textOf(mine, 1).insert(11, ', dear')
  textOf(mine, 1).delete(11, 6)
  assert.deepEqual(
    sweptBy(mine, theirs, () => turnIntoHeading(theirs, 1)),
    [],
  )
})

test('a change elsewhere sweeps nothing away', () => {
  const { mine, theirs } = together()
  textOf(mine, 1).insert(11, ', dear')
  assert.deepEqual(
    sweptBy(mine, theirs, () => turnIntoHeading(theirs, 0)),
    [],
  )
})
