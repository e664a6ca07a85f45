/**
 * A refusal that offers ways on, as buttons under its words: each puts values into the form, and most send it again.
 */
import { isCell } from '../page/cells'
import type { Choice } from '../page/command-request'
import { clearProblem } from '../page/form-messages'

export function offerChoices(form: HTMLFormElement, choices: readonly Choice[]): void {
  const message = form.querySelector<HTMLElement>('.cell-error[data-said], [data-error][data-said]')
  if (!message) return
  const buttons = document.createElement('span')
  buttons.className = 'choices'
  for (const choice of choices) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'btn sm'
    button.textContent = choice.label
    button.addEventListener('click', () => take(form, choice))
    buttons.append(button)
  }
  message.append(buttons)
}

function take(form: HTMLFormElement, choice: Choice): void {
  let cell: HTMLInputElement | null = null
  let last: HTMLElement | null = null
  for (const [name, value] of Object.entries(choice.fields)) {
    const control = form.elements.namedItem(name)
    if (!(control instanceof HTMLInputElement)) continue
    control.value = value
    if (control.type !== 'hidden') last = control
    if (isCell(control)) cell = control
  }
  clearProblem(form)
  last?.focus({ preventScroll: true })
  if (cell) {
    if (!choice.send) cell.dataset.was = cell.value
    cell.dispatchEvent(new CustomEvent('cell-chosen', { bubbles: true, detail: choice.send }))
  } else if (choice.send) form.requestSubmit()
}
