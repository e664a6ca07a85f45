/** What I wrote that is not durable, as plain text, so that nothing is lost when it cannot be sent. */
import * as Y from 'yjs'

export interface UnsavedWords {
  /** Name of the fragment, `section:<id>`. */
  fragment: string
  text: string
}

/** My items in the document from clock `savedClock` on, in reading order; deleted ones do not count. */
export function unsavedWords(doc: Y.Doc, savedClock: number): UnsavedWords[] {
  const found: UnsavedWords[] = []
  for (const name of doc.share.keys()) {
    const lines = linesIn(doc.getXmlFragment(name), doc.clientID, savedClock)
    const text = lines.join('\n').trim()
    if (text) found.push({ fragment: name, text })
  }
  return found
}

/** One line per block that holds words of mine. */
function linesIn(parent: Y.XmlFragment | Y.XmlElement, client: number, savedClock: number): string[] {
  const lines: string[] = []
  for (const child of parent.toArray()) {
    if (child instanceof Y.XmlText) {
      const words = wordsIn(child, client, savedClock)
      if (words) lines.push(words)
    } else if (child instanceof Y.XmlElement) {
      lines.push(...linesIn(child, client, savedClock))
    }
  }
  return lines
}

function wordsIn(text: Y.XmlText, client: number, savedClock: number): string {
  let words = ''
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || item.id.client !== client || !(item.content instanceof Y.ContentString)) continue
    const skipped = Math.max(0, savedClock - item.id.clock)
    words += item.content.str.slice(skipped)
  }
  return words
}
