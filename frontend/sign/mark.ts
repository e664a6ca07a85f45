/**
 * The signature's mark: the typed name in italics, or drawn. Typing is always possible, so nobody needs a pointer;
 * the drawn mark travels as an SVG path in the hidden field `mark_path`, in units of the pad (`PAD_WIDTH` wide).
 */
import { Drawing } from './drawing'

export function bindMark(form: HTMLFormElement): void {
  const pad = form.querySelector<HTMLElement>('.pad')
  const name = form.querySelector<HTMLInputElement>('input[data-mark-name], input[autocomplete="name"]')
  const path = form.querySelector<HTMLInputElement>('input[name="mark_path"]')
  if (!pad || !name) return
  const preview = pad.querySelector('span')
  const showName = (): void => {
    if (preview) preview.textContent = name.value
    if (pad.dataset.mark !== 'drawn') pad.setAttribute('aria-label', `Signature preview: ${name.value || 'empty'}`)
  }
  name.addEventListener('input', showName)
  showName()
  if (path) bindChoice(form, pad, path, showName)
}

/** `[data-mark-choice="drawn"]` and `[data-mark-choice="typed"]` switch; `[data-mark-clear]` wipes the drawing. */
function bindChoice(form: HTMLFormElement, pad: HTMLElement, path: HTMLInputElement, showName: () => void): void {
  const drawing = new Drawing(pad, (drawn) => {
    path.value = drawn
  })
  const choose = (mark: string): void => {
    pad.dataset.mark = mark
    drawing.enabled = mark === 'drawn'
    if (mark === 'typed') drawing.clear()
    pad.setAttribute('aria-label', 'Draw your signature here')
    showName()
    for (const button of form.querySelectorAll<HTMLElement>('[data-mark-choice]')) {
      button.hidden = button.dataset.markChoice === mark
    }
    const clear = form.querySelector<HTMLElement>('[data-mark-clear]')
    if (clear) clear.hidden = mark !== 'drawn'
  }
  form.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-mark-choice]') : null
    if (button?.dataset.markChoice) choose(button.dataset.markChoice)
    if (event.target instanceof Element && event.target.closest('[data-mark-clear]')) drawing.clear()
  })
  choose('typed')
}
