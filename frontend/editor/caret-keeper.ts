/**
 * Keeps my caret behind the word it follows when somebody else splits, joins or retypes my paragraph.
 *
 * The binding restores it by Yjs positions. After a split these point to where the text was cut, because the tail of
 * the block is new to Yjs. When the letters in front of the caret are no longer the same, it is put where they went.
 */
import { Extension } from '@tiptap/core'
import { Plugin, PluginKey, TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'
import { ySyncPluginKey } from '@tiptap/y-tiptap'

import { caretMap, followsSameText, type Stick } from './caret-map'

export const CaretKeeper = Extension.create({
  name: 'caretKeeper',

  addProseMirrorPlugins() {
    return [
      new Plugin({
        key: new PluginKey('caretKeeper'),
        appendTransaction: (transactions, then, now) =>
          transactions.some(isRemoteChange) ? keptSelection(then, now) : null,
      }),
    ]
  },
})

function isRemoteChange(transaction: Transaction): boolean {
  const sync = transaction.getMeta(ySyncPluginKey) as
    | { isChangeOrigin?: boolean; isUndoRedoOperation?: boolean }
    | undefined
  return transaction.docChanged && Boolean(sync?.isChangeOrigin) && !sync?.isUndoRedoOperation
}

/** A transaction that puts the selection back, or null when it is where it belongs. */
export function keptSelection(then: EditorState, now: EditorState): Transaction | null {
  const was = then.selection
  const is = now.selection
  if (!(was instanceof TextSelection)) return null
  const isRight =
    is instanceof TextSelection &&
    followsSameText(then.doc, was.anchor, now.doc, is.anchor) &&
    followsSameText(then.doc, was.head, now.doc, is.head)
  if (isRight) return null
  const map = caretMap(then.doc, now.doc)
  const anchor = map(was.anchor, stickOf(was, was.anchor))
  const head = map(was.head, stickOf(was, was.head))
  if (anchor === null || head === null) return null
  const kept = TextSelection.between(now.doc.resolve(anchor), now.doc.resolve(head))
  return kept.eq(is) ? null : now.tr.setSelection(kept).setMeta('addToHistory', false)
}

/** A caret stays behind its word; a selection keeps its text between its ends. */
function stickOf(selection: TextSelection, end: number): Stick {
  return !selection.empty && end === selection.from ? 'after' : 'before'
}
