/**
 * A price table under the keys of a spreadsheet. Tab and Shift+Tab go to the next and the previous cell, Enter sends
 * and goes down, Shift+Enter up, the arrows by row and, while the whole value is selected, by cell. F2 puts the caret
 * at the end. Ctrl+Z in a cell that was not touched takes back the last change of a price. Alt+Enter opens the line.
 * Escape restores; pressed again, it lets Tab leave the table.
 */
import { isCell } from '../page/cells'
import { moveOf, target, type Move, type Place } from './moves'

export class Grid {
  /** The cell that Enter left, and where it went: a refusal leads back, unless something was begun there. */
  private left: { from: HTMLInputElement; to: HTMLInputElement } | null = null
  private isTabFree = false

  constructor(private readonly document: Document) {
    document.addEventListener('keydown', (event) => this.noteEscape(event), true)
    document.addEventListener('keydown', (event) => this.onKey(event))
    document.addEventListener('focusin', () => (this.isTabFree = false))
  }

  /** The command of a cell was refused: back to it, if its value is all that the person is about. */
  refused(form: HTMLFormElement): void {
    const { left } = this
    if (!left || left.from.form !== form) return
    this.left = null
    const isWaiting = this.document.activeElement === left.to && isUntouched(left.to)
    if (isWaiting) left.from.focus({ preventScroll: true })
  }

  private noteEscape(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.isTabFree = cellOf(event) !== null && isUntouched(cellOf(event))
  }

  private onKey(event: KeyboardEvent): void {
    const cell = cellOf(event)
    if (!cell || event.isComposing) return
    if (event.key === 'F2') {
      event.preventDefault()
      cell.setSelectionRange(cell.value.length, cell.value.length)
    } else if (event.key === 'Enter' && event.altKey) {
      event.preventDefault()
      cell.closest('tr')?.querySelector<HTMLElement>('.row-edit')?.click()
    } else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
      this.undo(cell, event)
    } else this.move(cell, event)
  }

  private move(cell: HTMLInputElement, event: KeyboardEvent): void {
    if (event.key === 'Tab' && this.isTabFree) return
    const move = moveOf(event, isWholeSelected(cell))
    const next = move && this.neighbour(cell, move)
    if (!next) return
    event.preventDefault()
    if (event.key === 'Enter') this.left = { from: cell, to: next }
    next.focus()
    next.select()
  }

  private neighbour(cell: HTMLInputElement, move: Move): HTMLInputElement | null {
    const table = cell.closest('table')
    if (!table) return null
    const cells = [...table.querySelectorAll<HTMLInputElement>('form[data-cell] input.cell')]
    const index = target(placesOf(table, cells), cells.indexOf(cell), move)
    return index === null ? null : (cells[index] ?? null)
  }

  private undo(cell: HTMLInputElement, event: KeyboardEvent): void {
    const form = this.document.querySelector<HTMLFormElement>('form[data-undo]')
    if (!form || !isUntouched(cell)) return
    event.preventDefault()
    form.requestSubmit()
  }
}

function cellOf(event: Event): HTMLInputElement | null {
  const control = event.target
  return control instanceof HTMLInputElement && isCell(control) ? control : null
}

/** One pass over the rows: asking each for its index would take the square of their number. */
function placesOf(table: HTMLTableElement, cells: readonly HTMLInputElement[]): Place[] {
  const rows = new Map([...table.rows].map((row, index) => [row, index]))
  return cells.map((cell) => {
    const row = cell.closest('tr')
    return { row: (row && rows.get(row)) ?? -1, column: cell.closest('td')?.cellIndex ?? -1 }
  })
}

function isUntouched(cell: HTMLInputElement | null): boolean {
  return cell !== null && cell.value === cell.dataset.was && cell.getAttribute('aria-invalid') !== 'true'
}

function isWholeSelected(cell: HTMLInputElement): boolean {
  return cell.value !== '' && cell.selectionStart === 0 && cell.selectionEnd === cell.value.length
}
