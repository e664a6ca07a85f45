/** “Mail me the code”: once it is on its way the focus goes to its field, and a moment passes before it is offered anew. */
import { commands } from '../page/page'

export function bindCode(form: HTMLFormElement, field: HTMLInputElement | null): void {
  const button = form.querySelector<HTMLButtonElement>('button[data-again-after]')
  if (!button) return
  commands.onAnswer(
    form,
    () => {
      wait(button, Number(button.dataset.againAfter))
      field?.focus()
    },
    () => undefined,
  )
}

/** The seconds are for the eye only: nobody is told each of them. */
function wait(button: HTMLButtonElement, seconds: number): void {
  const left = document.createElement('span')
  left.setAttribute('aria-hidden', 'true')
  button.textContent = 'Mail it again'
  button.append(left)
  button.title = `A code is on its way. If it does not come, ask again after ${seconds} seconds.`
  button.setAttribute('aria-disabled', 'true')
  const until = Date.now() + seconds * 1000
  const count = (): void => {
    const rest = Math.ceil((until - Date.now()) / 1000)
    if (rest > 0) {
      left.textContent = ` · ${rest} s`
      return
    }
    clearInterval(timer)
    left.remove()
    button.title = ''
    button.removeAttribute('aria-disabled')
  }
  const timer = setInterval(count, 1000)
  count()
}
