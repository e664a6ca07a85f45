/**
 * Values changed in place. A cell is sent when it is left or Enter is pressed, and only if it differs from what the
 * server has (`data-was`); Escape takes the server's value back; the arrows go up and down the column. A checkbox or
 * select with `data-autosubmit` is sent when it changes, and goes back if the server refuses.
 */
import type { Commands } from './commands'
import { clearProblem } from './form-messages'

export class Cells {
  /** The value last sent from a cell and not yet accepted; it is not sent twice. */
  private readonly tried = new WeakMap<HTMLInputElement, string>()

  constructor(
    document: Document,
    private readonly commands: Commands,
  ) {
    document.addEventListener('keydown', (event) => this.onKey(event))
    document.addEventListener('change', (event) => this.onChange(event))
  }

  private onChange(event: Event): void {
    const control = event.target
    if (!(control instanceof HTMLInputElement || control instanceof HTMLSelectElement)) return
    if (control.matches('[data-autosubmit]')) this.sendChoice(control)
    else if (control instanceof HTMLInputElement && isCell(control)) this.sendCell(control)
  }

  private onKey(event: KeyboardEvent): void {
    const cell = event.target
    if (!(cell instanceof HTMLInputElement) || !isCell(cell) || event.isComposing) return
    if (event.key === 'Enter') {
      event.preventDefault()
      this.sendCell(cell)
      cell.select()
    } else if (event.key === 'Escape') {
      this.restore(cell)
      cell.select()
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      const neighbour = this.neighbour(cell, event.key === 'ArrowUp' ? -1 : 1)
      if (!neighbour) return
      event.preventDefault()
      neighbour.focus()
      neighbour.select()
    }
  }

  private sendCell(cell: HTMLInputElement): void {
    const form = cell.form
    if (!form) return
    const isUnchanged = cell.value === (this.tried.get(cell) ?? cell.dataset.was)
    if (isUnchanged) return
    if (cell.value === cell.dataset.was && !this.commands.queue.has(form)) {
      this.restore(cell)
      return
    }
    const sent = cell.value
    this.tried.set(cell, sent)
    this.commands.onAnswer(
      form,
      () => {
        cell.dataset.was = sent
        if (this.tried.get(cell) === sent) this.tried.delete(cell)
      },
      // Refused for what it is, a value is not sent again; refused for who sent it, it may be.
      (status) => {
        if (status === 401) this.tried.delete(cell)
      },
    )
    form.requestSubmit()
  }

  private restore(cell: HTMLInputElement): void {
    if (cell.dataset.was !== undefined) cell.value = cell.dataset.was
    this.tried.delete(cell)
    if (cell.form) clearProblem(cell.form)
  }

  private sendChoice(control: HTMLInputElement | HTMLSelectElement): void {
    const form = control.form
    if (!form) return
    this.commands.onAnswer(
      form,
      () => undefined,
      () => restoreChoice(control),
    )
    form.requestSubmit()
  }

  private neighbour(cell: HTMLInputElement, step: -1 | 1): HTMLInputElement | null {
    const table = cell.closest('table')
    if (!table) return null
    const column = columnOf(cell)
    const cells = [...table.querySelectorAll<HTMLInputElement>('input.cell')]
    const inColumn = cells.filter((other) => columnOf(other) === column)
    return inColumn[inColumn.indexOf(cell) + step] ?? null
  }
}

function isCell(control: HTMLInputElement): boolean {
  return control.matches('.cell') && control.closest('form[data-cell]') !== null
}

/** The field a cell changes names its column; failing that, its place in the row. */
function columnOf(cell: HTMLInputElement): string {
  const field = cell.form?.querySelector<HTMLInputElement>('input[type="hidden"][name="field"]')?.value
  return field ?? String(cell.closest('td')?.cellIndex ?? -1)
}

function restoreChoice(control: HTMLInputElement | HTMLSelectElement): void {
  if (control instanceof HTMLInputElement) {
    control.checked = control.defaultChecked
    return
  }
  for (const option of control.options) option.selected = option.defaultSelected
}
