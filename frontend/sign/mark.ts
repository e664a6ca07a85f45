/**
 * The signature's mark: the typed name in italics, or drawn. Typing is always possible, so nobody needs a pointer;
 * the drawn mark travels as an SVG path in the hidden field `mark_path`, see `pathOf`.
 */
import { Drawing } from './drawing'

export function bindMark(form: HTMLFormElement): void {
  const pad = form.querySelector<HTMLElement>('.pad')
  const name = form.querySelector<HTMLInputElement>('input[data-mark-name], input[autocomplete="name"]')
  if (!pad || !name) return
  const preview = pad.querySelector('span')
  const show = (): void => {
    if (preview) preview.textContent = name.value
    const isDrawn = pad.dataset.mark === 'drawn'
    pad.setAttribute('aria-label', isDrawn ? 'Draw your signature here' : `Signature preview: ${name.value || 'empty'}`)
  }
  name.addEventListener('input', show)
  show()
  const path = form.querySelector<HTMLInputElement>('input[name="mark_path"]')
  const button = form.querySelector<HTMLButtonElement>('button[data-draw]')
  if (path && button) bindDrawing(pad, path, button, show)
}

/** `button[data-draw]` goes to and fro between the two; while drawing, a second button wipes the pad. */
function bindDrawing(pad: HTMLElement, path: HTMLInputElement, button: HTMLButtonElement, show: () => void): void {
  const drawing = new Drawing(pad, (drawn) => {
    path.value = drawn
  })
  const toDraw = button.textContent ?? ''
  const clear = button.cloneNode() as HTMLButtonElement
  clear.removeAttribute('data-draw')
  clear.textContent = 'Clear'
  clear.hidden = true
  clear.addEventListener('click', () => drawing.clear())
  button.after(' ', clear)
  button.addEventListener('click', () => {
    const isDrawn = pad.dataset.mark !== 'drawn'
    pad.dataset.mark = isDrawn ? 'drawn' : 'typed'
    drawing.enabled = isDrawn
    drawing.clear()
    clear.hidden = !isDrawn
    button.textContent = isDrawn ? 'Use my name instead' : toDraw
    show()
  })
}
