/**
 * The signature's mark: the name in italics, or drawn. The name is always possible, so nobody needs a pointer; the
 * drawn mark travels as an SVG path in the hidden field `mark_path`, see `pathOf`.
 */
import { Drawing } from './drawing'

export function bindMark(form: HTMLFormElement): void {
  const pad = form.querySelector<HTMLElement>('.pad')
  const name = form.querySelector<HTMLInputElement>('input[data-mark-name], input[autocomplete="name"]')
  const path = form.querySelector<HTMLInputElement>('input[name="mark_path"]')
  if (!pad || !name || !path) return
  const drawing = new Drawing(pad, (drawn) => {
    path.value = drawn
    // What was said about the mark is taken back as with every other field.
    path.dispatchEvent(new Event('input', { bubbles: true }))
  })
  const tools = form.querySelector<HTMLElement>('.pad-tools')
  const preview = pad.querySelector('span')
  const show = (): void => {
    const isDrawn = form.querySelector('input[name="mark_kind"][value="drawn"]:checked') !== null
    pad.dataset.mark = isDrawn ? 'drawn' : 'typed'
    drawing.enabled = isDrawn
    if (tools) tools.hidden = !isDrawn
    if (preview) preview.textContent = name.value
    pad.setAttribute('aria-label', isDrawn ? 'Draw your signature here' : `Signature preview: ${name.value || 'empty'}`)
  }
  name.addEventListener('input', show)
  for (const kind of form.querySelectorAll('input[name="mark_kind"]')) kind.addEventListener('change', show)
  tools?.querySelector('[data-undo]')?.addEventListener('click', () => drawing.undo())
  tools?.querySelector('[data-clear]')?.addEventListener('click', () => drawing.clear())
  show()
}
