/** Puts letters back where they stood, after a change by somebody else that took them away unseen. */
import type { Editor } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'

import { caretMap } from './caret-map'

/** Letters that stood at `position` of the document before the change. */
export interface Missing {
  position: number
  text: string
}

/** The position in front of the letter that has `offset` letters before it; the end of the last text otherwise. */
export function positionOfLetter(doc: Node, offset: number): number {
  let left = offset
  let found: number | null = null
  let end = 0
  doc.descendants((node, position) => {
    if (found !== null) return false
    if (!node.isText) return true
    if (left < node.nodeSize) found = position + left
    left -= node.nodeSize
    end = position + node.nodeSize
    return false
  })
  return found ?? end
}

/**
 * Insert what is missing at the places that `then` had it, from the end to the start.
 *
 * Returns the texts for which the new document has no place.
 */
export function putBack(editor: Editor, then: Node, missing: readonly Missing[]): string[] {
  const map = caretMap(then, editor.state.doc)
  const homeless: string[] = []
  const { tr } = editor.state
  for (const { position, text } of [...missing].reverse()) {
    const place = map(position, 'before')
    if (place === null) homeless.unshift(text)
    else tr.insertText(text, place)
  }
  if (tr.docChanged) editor.view.dispatch(tr)
  return homeless
}
