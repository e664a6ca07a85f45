/**
 * Where a caret belongs after somebody else changed the text, when its old place is known only as a position.
 *
 * Only the range that differs between the two documents is looked at: ProseMirror finds it by comparing trees, and
 * inside it the plain text is compared once.
 */
import type { Node } from '@tiptap/pm/model'

const BLOCK = '\n'
const LEAF = '\ufffc'
/** Characters compared to tell whether a caret still follows the same word. */
const CONTEXT = 8
/** Characters on each side by which a place is found again when text before and after it changed. */
const ANCHOR = 24

/** `before` keeps the caret behind the text on its left, `after` in front of the text on its right. */
export type Stick = 'before' | 'after'

/** Whether `position` in `now` stands behind the same letters as `was` in `then` (in front of, at a block's start). */
export function followsSameText(then: Node, was: number, now: Node, position: number): boolean {
  const $was = then.resolve(was)
  const $is = now.resolve(position)
  if (!$was.parent.isTextblock || !$is.parent.isTextblock) return false
  const behind = Math.min($was.parentOffset, CONTEXT)
  if (behind > 0) {
    if ($is.parentOffset < behind) return false
    const followed = textOf($was.parent, $was.parentOffset - behind, $was.parentOffset)
    return followed === textOf($is.parent, $is.parentOffset - behind, $is.parentOffset)
  }
  return $is.parentOffset === 0 && beginningOf($was.parent) === beginningOf($is.parent)
}

function beginningOf(block: Node): string {
  return textOf(block, 0, Math.min(block.content.size, CONTEXT))
}

function textOf(block: Node, from: number, to: number): string {
  return block.textBetween(from, to, BLOCK, LEAF)
}

interface Change {
  from: number
  /** Ends of the differing range, in the old and in the new document. */
  oldTo: number
  newTo: number
}

/** Returns a function from positions in `then` to positions in `now`, or to null where the text gives no answer. */
export function caretMap(then: Node, now: Node): (position: number, stick: Stick) => number | null {
  const change = changeBetween(then, now)
  if (!change) return (position) => position
  let texts: TextChange | null = null
  return (position, stick) => {
    if (position < change.from || (position === change.from && stick === 'before')) return position
    if (position > change.oldTo || (position === change.oldTo && stick === 'after')) {
      return position + change.newTo - change.oldTo
    }
    texts ??= new TextChange(then, now, change)
    return texts.map(position, stick)
  }
}

function changeBetween(then: Node, now: Node): Change | null {
  const from = then.content.findDiffStart(now.content)
  const ends = from === null ? null : then.content.findDiffEnd(now.content)
  if (from === null || !ends) return null
  // Repeated text makes the equal start and the equal end overlap; the end gives way.
  const overlap = Math.max(0, from - Math.min(ends.a, ends.b))
  return { from, oldTo: ends.a + overlap, newTo: ends.b + overlap }
}

/** The differing ranges as plain text, with the document position of each character. */
class TextChange {
  private readonly old: FlatText
  private readonly new: FlatText
  private readonly equalStart: number
  private readonly equalEnd: number

  constructor(then: Node, now: Node, change: Change) {
    this.old = flatten(then, change.from, change.oldTo)
    this.new = flatten(now, change.from, change.newTo)
    const a = this.old.text
    const b = this.new.text
    const shorter = Math.min(a.length, b.length)
    let start = 0
    while (start < shorter && a[start] === b[start]) start += 1
    let end = 0
    while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
    this.equalStart = start
    this.equalEnd = end
  }

  map(position: number, stick: Stick): number | null {
    const offset = offsetOf(this.old, position)
    const inStart = offset <= this.equalStart
    const inEnd = offset >= this.old.text.length - this.equalEnd
    const shift = this.new.text.length - this.old.text.length
    if (inStart && (stick === 'before' || !inEnd)) return positionAt(this.new, offset, stick)
    if (inEnd) return positionAt(this.new, offset + shift, stick)
    return this.byContext(offset, stick)
  }

  /** Both sides changed: the place is where the letters around it stand, if they stand in one place only. */
  private byContext(offset: number, stick: Stick): number | null {
    const text = this.old.text
    const left = text.slice(Math.max(0, offset - ANCHOR), offset)
    const right = text.slice(offset, offset + ANCHOR)
    for (const [wanted, shift] of [[left + right, left.length], [left, left.length], [right, 0]] as const) {
      if (wanted.length < CONTEXT) continue
      const at = this.new.text.indexOf(wanted)
      const isUnique = at >= 0 && this.new.text.indexOf(wanted, at + 1) < 0
      if (isUnique) return positionAt(this.new, at + shift, stick)
    }
    return null
  }
}

interface FlatText {
  text: string
  /** For each character, the position in front of it; for a block's end, the position at its end. */
  positions: number[]
  end: number
}

/** Each textblock's characters, then one separator; a leaf is one character. */
function flatten(doc: Node, from: number, to: number): FlatText {
  let text = ''
  const positions: number[] = []
  let end = from
  doc.nodesBetween(from, to, (node, position) => {
    if (!node.isTextblock) return !node.isLeaf
    const start = Math.max(from, position + 1)
    const blockEnd = position + 1 + node.content.size
    const stop = Math.min(to, blockEnd)
    if (stop < start) return false
    const letters = textOf(node, start - position - 1, stop - position - 1)
    text += letters
    for (let index = 0; index < letters.length; index += 1) positions.push(start + index)
    if (stop === blockEnd && to > blockEnd) {
      text += BLOCK
      positions.push(blockEnd)
    }
    end = stop
    return false
  })
  return { text, positions, end }
}

/** The first character at or behind `position`. Positions ascend, so halve. */
function offsetOf(flat: FlatText, position: number): number {
  let low = 0
  let high = flat.positions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((flat.positions[middle] ?? 0) < position) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The position with `offset` characters in front of it. Between two blocks there are two such places on the screen:
 * the end of one and, a separator later, the start of the next; they have different offsets, so there is no choice.
 */
function positionAt(flat: FlatText, offset: number, stick: Stick): number {
  const previous = flat.positions[offset - 1]
  const isInsideBlock = previous !== undefined && flat.text[offset - 1] !== BLOCK
  if (stick === 'before' && isInsideBlock) return previous + 1
  return flat.positions[offset] ?? flat.end
}
