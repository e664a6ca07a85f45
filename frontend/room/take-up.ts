/** Bringing back what a person left unsaved when they closed the page before. */
import * as Y from 'yjs'

import type { Left } from './kept-edits'

export interface TakenUp {
  /** Whether something of before is in the document again, and on its way to the server. */
  isBack: boolean
  /** Words that have no place in the text as it is now, one text for each page of before. */
  homeless: string[]
}

/** Put it into the document, which has to be in step with the server. */
export function takeUp(doc: Y.Doc, pages: readonly Left[]): TakenUp {
  const taken: TakenUp = { isBack: false, homeless: [] }
  const changed = () => (taken.isBack = true)
  doc.on('update', changed)
  for (const { isOfThisText, updates } of pages) {
    if (isOfThisText && fit(doc, updates)) {
      // Under no origin of the editor's: it is not undone by my next undo.
      doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)), takeUp)
    } else {
      taken.homeless.push(updates.map(wordsOf).join('').trim())
    }
  }
  doc.off('update', changed)
  taken.homeless = taken.homeless.filter(Boolean)
  return taken
}

/** Whether everything that the updates build on is in the document. */
function fit(doc: Y.Doc, updates: Uint8Array[]): boolean {
  const trial = new Y.Doc()
  for (const update of [Y.encodeStateAsUpdate(doc), ...updates]) Y.applyUpdate(trial, update)
  const fits = trial.store.pendingStructs === null && trial.store.pendingDs === null
  trial.destroy()
  return fits
}

/** The letters that an update inserts, in the order they were typed. */
function wordsOf(update: Uint8Array): string {
  return Y.decodeUpdate(update)
    .structs.map((item) => ('content' in item && item.content instanceof Y.ContentString ? item.content.str : ''))
    .join('')
}
