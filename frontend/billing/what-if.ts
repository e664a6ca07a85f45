/**
 * “What if it takes ...?” as a slider: every answer, in words and in the chart, comes from the server. Loaded when a page
 * has such a form.
 */
import { fragments } from '../page/page'
import type { Fragment } from '../page/fragments'

const PAUSE_MS = 60

let pending: AbortController | null = null
let timer = 0

/** Turn the number fields of the forms on this page into sliders. Safe to call again after fragments came. */
export function bindSliders(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-what-if]')) {
    const field = form.querySelector<HTMLInputElement>('input[name=takes]')
    if (field?.type !== 'number') continue
    const value = field.value
    field.type = 'range'
    field.step = '1'
    field.value = value
    form.setAttribute('data-live', '')
  }
}

document.addEventListener('input', (event) => {
  const field = event.target
  if (!(field instanceof HTMLInputElement) || field.name !== 'takes' || !field.form?.matches('[data-what-if]')) return
  const unit = field.dataset.unit ?? ''
  const words = `${field.value} ${unit}${field.value === '1' ? '' : 's'}`
  const output = field.form.querySelector('output')
  if (output) output.textContent = words
  field.setAttribute('aria-valuetext', words)
  clearTimeout(timer)
  timer = window.setTimeout(() => void ask(field.form as HTMLFormElement), PAUSE_MS)
})

document.addEventListener('submit', (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.matches('[data-what-if]')) return
  event.preventDefault()
  void ask(event.target)
})

async function ask(form: HTMLFormElement): Promise<void> {
  pending?.abort()
  pending = new AbortController()
  const query = new URLSearchParams(new FormData(form) as unknown as Record<string, string>)
  try {
    const response = await fetch(`${form.getAttribute('action') ?? ''}?${query}`, {
      headers: { Accept: 'application/json' },
      signal: pending.signal,
    })
    if (!response.ok) return
    const answer = (await response.json()) as { fragments: Fragment[] }
    fragments.apply(answer.fragments)
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) form.removeAttribute('data-live')
  }
}
