/** Buttons that copy: `data-copy` is a `#selector`, whose value or text is taken, or the text itself. */
import type { Announcer } from './announcer'

const SHOWN_MS = 2000

export function bindCopyButtons(document: Document, announcer: Announcer): void {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-copy]') : null
    if (button) void copy(document, button, announcer)
  })
}

async function copy(document: Document, button: HTMLElement, announcer: Announcer): Promise<void> {
  const wanted = button.dataset.copy ?? ''
  const source = wanted.startsWith('#') ? document.querySelector(wanted) : null
  const done = await write(document, source ? textOf(source) : wanted, source)
  const words = done ? 'Copied' : 'Press Ctrl+C to copy'
  announcer.say(words)
  if (button.dataset.copyWords !== undefined) return
  button.dataset.copyWords = button.textContent ?? ''
  button.textContent = words
  setTimeout(() => {
    button.textContent = button.dataset.copyWords ?? ''
    delete button.dataset.copyWords
  }, SHOWN_MS)
}

function textOf(element: Element): string {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return element.value
  return element.textContent ?? ''
}

/** The clipboard exists only on secure pages; elsewhere the text is selected for the person to copy. */
async function write(document: Document, text: string, source: Element | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    if (source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement) source.select()
    else if (source) document.getSelection()?.selectAllChildren(source)
    return false
  }
}
