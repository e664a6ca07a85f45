/**
 * Values changed in place. A cell is sent when it is left or Enter is pressed, and only if it differs from what the
 * server has (`data-was`, sent along as `seen`); Escape takes the server's value back. A checkbox, radio button or
 * select with `data-autosubmit` is sent when it changes, and goes back if the server refuses. The other keys of a
 * table are in `pricing/grid.ts`.
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
    document.addEventListener('cell-chosen', (event) => this.onChosen(event))
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
    } else if (event.key === 'Escape') {
      this.restore(cell)
      cell.select()
    }
  }

  /** One of the ways on that a refusal offered was taken: a value the person has seen, or the server's. */
  private onChosen(event: Event): void {
    const cell = event.target
    if (!(cell instanceof HTMLInputElement) || !(event instanceof CustomEvent)) return
    this.tried.delete(cell)
    if (event.detail === true) this.sendCell(cell)
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
    const seen = form.elements.namedItem('seen')
    if (seen instanceof HTMLInputElement) seen.value = this.seenIn(cell, form)
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

  /** What stands there when the command arrives, as far as I know: the value of mine that goes before it. */
  private seenIn(cell: HTMLInputElement, form: HTMLFormElement): string {
    const before = this.commands.queue.lastOf(form)
    const was = before?.command.body.get(before.mayHaveArrived ? 'value' : 'seen')
    return typeof was === 'string' ? was : (cell.dataset.was ?? '')
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
}

export function isCell(control: HTMLInputElement): boolean {
  return control.matches('.cell') && control.closest('form[data-cell]') !== null
}

function restoreChoice(control: HTMLInputElement | HTMLSelectElement): void {
  if (control instanceof HTMLInputElement) {
    const same = control.form?.elements.namedItem(control.name)
    const group = same instanceof RadioNodeList ? [...same] : [control]
    for (const one of group) if (one instanceof HTMLInputElement) one.checked = one.defaultChecked
    return
  }
  for (const option of control.options) option.selected = option.defaultSelected
}
