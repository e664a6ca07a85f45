/** The sign page: the mark, the code, and where the focus goes when something is wrong. Loaded on demand. */
import { commands } from '../page/page'
import { bindCode } from './code'
import { bindMark } from './mark'

export function bindSign(form: HTMLFormElement): void {
  bindMark(form)
  for (const sender of document.querySelectorAll<HTMLFormElement>('form[data-sends-code]')) {
    bindCode(sender, form.querySelector<HTMLInputElement>('input[name="code"]'))
  }
  if (form.dataset.asks) void import('./by-passkey').then(({ bindByPasskey }) => bindByPasskey(form))
  commands.onAnswer(
    form,
    () => undefined,
    (status) => {
      // The wording may be another one now: it is ticked anew.
      const tick = form.querySelector<HTMLInputElement>('input[name="consent"]')
      if (status === 409 && tick) tick.checked = false
      // The words are written after this.
      setTimeout(() => {
        forgetRefused(form)
        focusFirst(form)
      }, 0)
    },
  )
}

/** A passkey's answer serves until it is refused: a wrong name is no reason to confirm twice. */
function forgetRefused(form: HTMLFormElement): void {
  const answer = form.querySelector<HTMLInputElement>('input[name="passkey"]')
  if (answer && form.querySelector('[data-error="passkey"][data-said]')) answer.value = ''
}

function focusFirst(form: HTMLFormElement): void {
  const said = [...form.querySelectorAll<HTMLElement>('[data-said]')].find((message) => !message.hidden)
  const place = said?.closest('.field')
  const control =
    place?.querySelector<HTMLElement>('input[type="radio"]:checked') ??
    place?.querySelector<HTMLElement>('input:not([type="hidden"])')
  control?.focus()
}
