/** Where the keys of a spreadsheet lead: cells by their row and column, in the order of the page. */

export interface Place {
  row: number
  column: number
}

export type Move = 'next' | 'previous' | 'left' | 'right' | 'up' | 'down'

/** The index of the cell that a move leads to, or null where the table ends. */
export function target(places: readonly Place[], at: number, move: Move): number | null {
  const here = places[at]
  if (!here) return null
  if (move === 'next' || move === 'previous') {
    const index = at + (move === 'next' ? 1 : -1)
    return places[index] ? index : null
  }
  if (move === 'left' || move === 'right') {
    const index = at + (move === 'right' ? 1 : -1)
    return places[index]?.row === here.row ? index : null
  }
  const step = move === 'down' ? 1 : -1
  for (let index = at + step; places[index]; index += step) {
    const place = places[index] as Place
    if (place.column === here.column && place.row !== here.row) return index
  }
  return null
}

export interface Pressed {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

/**
 * The move that a key asks for. Left and right move only while the whole value is selected, as it is on arrival;
 * after F2 or a click into the value they move the caret.
 */
export function moveOf(pressed: Pressed, isWholeSelected: boolean): Move | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null
  if (pressed.key === 'Tab') return pressed.shiftKey ? 'previous' : 'next'
  if (pressed.key === 'Enter') return pressed.shiftKey ? 'up' : 'down'
  if (pressed.shiftKey) return null
  if (pressed.key === 'ArrowUp') return 'up'
  if (pressed.key === 'ArrowDown') return 'down'
  if (!isWholeSelected) return null
  if (pressed.key === 'ArrowLeft') return 'left'
  return pressed.key === 'ArrowRight' ? 'right' : null
}
