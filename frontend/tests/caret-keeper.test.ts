import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getSchema } from '@tiptap/core'
import { Node } from '@tiptap/pm/model'
import { EditorState, TextSelection } from '@tiptap/pm/state'

import { keptSelection } from '../editor/caret-keeper'
import { caretMap } from '../editor/caret-map'
import { schemaExtensions } from '../editor/schema'

const schema = getSchema(schemaExtensions())

type Block = string | { h: string } | { li: string[] }

function text(words: string): object[] {
  return words ? [{ type: 'text', text: words }] : []
}

function json(block: Block): object {
  if (typeof block === 'string') return { type: 'paragraph', content: text(block) }
  if ('h' in block) return { type: 'heading', attrs: { level: 3 }, content: text(block.h) }
  const items = block.li.map((words) => ({ type: 'listItem', content: [{ type: 'paragraph', content: text(words) }] }))
  return { type: 'bulletList', content: items }
}

/** `|` is the caret, or both ends of a selection; it is not part of the text. */
function marked(...blocks: Block[]): { doc: Node; anchor: number; head: number } {
  const whole = Node.fromJSON(schema, { type: 'doc', content: blocks.map(json) })
  const found: number[] = []
  let doc = whole
  for (;;) {
    let at = -1
    doc.descendants((node, position) => {
      const index = node.isText ? (node.text ?? '').indexOf('|') : -1
      if (at < 0 && index >= 0) at = position + index
    })
    if (at < 0) break
    found.push(at)
    doc = EditorState.create({ doc }).tr.delete(at, at + 1).doc
  }
  return { doc, anchor: found[0] ?? 1, head: found[1] ?? found[0] ?? 1 }
}

/** The caret of `then` after the document became `now`; `restored` is where the binding put it. */
function kept(then: Block[], now: Block[], restored: number | null = null): string {
  const was = marked(...then)
  const is = marked(...now)
  const before = EditorState.create({ doc: was.doc, selection: TextSelection.create(was.doc, was.anchor, was.head) })
  const after = EditorState.create({ doc: is.doc, selection: TextSelection.near(is.doc.resolve(restored ?? 1)) })
  const { selection } = keptSelection(before, after) ?? after
  return show(is.doc, selection.anchor, selection.head)
}

function show(doc: Node, anchor: number, head: number): string {
  const ends = [...new Set([anchor, head])].sort((a, b) => b - a)
  let tr = EditorState.create({ doc }).tr
  for (const end of ends) tr = tr.insertText('|', end)
  return tr.doc.textBetween(0, tr.doc.content.size, '/')
}

test('Enter before my caret: it goes with its word into the new paragraph', () => {
  assert.equal(kept(['Hello wor|ld'], ['Hello', ' world'], 6), 'Hello/ wor|ld')
})

test('Enter at my caret: it stays behind its word', () => {
  assert.equal(kept(['Hello| world'], ['Hello', ' world'], 8), 'Hello|/ world')
})

test('Enter behind my caret leaves it', () => {
  assert.equal(kept(['He|llo world'], ['Hello', ' world'], 3), 'He|llo/ world')
})

test('paragraph into heading, and back', () => {
  assert.equal(kept(['One', 'Two thr|ee', 'Four'], ['One', { h: 'Two three' }, 'Four'], 1), 'One/Two thr|ee/Four')
  assert.equal(kept([{ h: 'Two thr|ee' }], ['Two three'], 1), 'Two thr|ee')
})

test('paragraph into list', () => {
  assert.equal(kept(['One', 'Tw|o'], ['One', { li: ['Two'] }], 1), 'One/Tw|o')
})

test('two paragraphs joined', () => {
  assert.equal(kept(['One', 'Tw|o'], ['OneTwo'], 4), 'OneTw|o')
})

test('letters typed at my caret by somebody else: I go on behind my own word', () => {
  assert.equal(kept(['ab|'], ['abX'], 4), 'ab|X')
})

test('words before my caret in the same paragraph push it along', () => {
  assert.equal(kept(['Hello wor|ld'], ['Well, Hello world'], 16), 'Well, Hello wor|ld')
})

test('what the binding restored stays where it is when the letters agree', () => {
  // "abab": which of the two my caret followed, only the binding knows.
  assert.equal(kept(['ab|ab'], ['ababab'], 5), 'abab|ab')
})

test('a heading change and a word elsewhere in one step: found by the letters around', () => {
  const then: Block[] = ['First paragraph here', 'A longer second para|graph', 'Third one']
  const now: Block[] = ['First paragraph, here', { h: 'A longer second paragraph' }, 'The third one']
  assert.equal(kept(then, now, 1), 'First paragraph, here/A longer second para|graph/The third one')
})

test('my words deleted: the binding decides', () => {
  assert.equal(kept(['Keep', 'Gone aw|ay now'], ['Keep', 'Quite another'], 6), 'Keep/|Quite another')
})

test('a selection keeps its words when somebody types at its edges', () => {
  assert.equal(kept(['a |word| b'], ['a Xword b'], 1), 'a X|word| b')
  assert.equal(kept(['a |word| b'], ['a wordX b'], 1), 'a |word|X b')
})

test('equal documents map every position to itself', () => {
  const { doc } = marked('One', { li: ['Two', 'Three'] })
  const again = Node.fromJSON(schema, doc.toJSON())
  const map = caretMap(doc, again)
  for (let position = 0; position <= doc.content.size; position += 1) assert.equal(map(position, 'before'), position)
})

test('inside the changed range, an empty block has its own place', () => {
  assert.equal(kept(['One', '|', 'Two'], [{ h: 'One' }, '', { h: 'Two' }], 1), 'One/|/Two')
})
