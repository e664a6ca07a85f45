/** Signing by passkey: it is asked when the button is pressed, unless the person chose the mailed code. */
import { arePossible, confirmBefore } from '../page/passkey'

export function bindByPasskey(form: HTMLFormElement): void {
  const choice = document.querySelector<HTMLDetailsElement>('details[data-by-code]')
  const code = form.querySelector<HTMLElement>('[data-code]')
  if (!choice || !code) return
  if (!arePossible()) {
    choice.open = true
    return
  }
  const show = (): void => {
    code.hidden = !choice.open
  }
  choice.addEventListener('toggle', show)
  show()
  confirmBefore(form, form.dataset.asks ?? '', 'get', () => !choice.open)
  // A mailed code that was asked for goes in place of an answer from before.
  choice.addEventListener('toggle', () => {
    const answer = form.querySelector<HTMLInputElement>('input[name="passkey"]')
    if (answer && choice.open) answer.value = ''
  })
}
