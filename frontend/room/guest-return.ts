/**
 * Between a guest's first press and the mailed code: where they were, which form they sent and what it held. Back from
 * the code they stand at the same place, the form holds their words, and they are told to press again: nothing is sent
 * in their name without them.
 */
import { KEPT } from '../page/guest'

interface Kept {
  path: string
  /** Id of the section, or empty. */
  at: string
  /** The form's address and part, or empty when somebody wanted to write in the text. */
  action: string
  part: string
  /** What its button says. */
  label: string
  fields: [string, string][]
}

const OURS = new Set(['csrfmiddlewaretoken', 'fingerprint', 'text_seq'])

export function keep(from: Element | null): void {
  const form = from?.closest('form') ?? null
  const kept: Kept = {
    path: location.pathname,
    at: from?.closest('section.sec')?.id ?? '',
    action: form?.getAttribute('action') ?? '',
    part: form?.dataset.part ?? '',
    label: form ? labelOf(form) : '',
    fields: form ? wordsOf(form) : [],
  }
  sessionStorage.setItem(KEPT, JSON.stringify(kept))
  const dialog = document.querySelector('dialog#confirm-dialog')
  dialog?.addEventListener('close', () => sessionStorage.removeItem(KEPT), { once: true })
}

export function resume(): void {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as Kept | null
  sessionStorage.removeItem(KEPT)
  if (kept?.path !== location.pathname) return
  const place = document.getElementById(kept.at)
  place?.scrollIntoView({ block: 'start' })
  if (!kept.action) whenSynced(() => goOnWriting(place))
  else if (!fill(formOf(kept), kept)) openPanel(kept)
}

function goOnWriting(place: Element | null): void {
  const editor = place?.querySelector<HTMLElement>('[contenteditable="true"]')
  const unlock = place?.querySelector<HTMLElement>('[data-unlock]')
  const target = editor ?? unlock
  target?.focus({ preventScroll: true })
  say(editor ? 'Thank you, you are confirmed. Write on.' : 'Thank you, you are confirmed. Press “Change this” to write.')
}

/** Panels are fetched when their link is pressed. */
function openPanel(kept: Kept): void {
  const panel = document.getElementById('panel')
  const link = [...document.querySelectorAll<HTMLAnchorElement>('a[data-panel]')].find(
    ({ pathname }) => pathname === kept.action,
  )
  if (!panel || !link) {
    say(`Thank you, you are confirmed. ${kept.fields.map(([, value]) => value).join(' ')}`)
    return
  }
  const observer = new MutationObserver(() => {
    const form = panel.querySelector<HTMLFormElement>(`form[action="${CSS.escape(kept.action)}"]`)
    if (!form) return
    observer.disconnect()
    fill(form, kept)
    form.prepend(note(thanks(kept)))
  })
  observer.observe(panel, { childList: true })
  link.click()
}

function formOf({ action, part }: Kept): HTMLFormElement | null {
  const forms = [...document.querySelectorAll<HTMLFormElement>(`form[action="${CSS.escape(action)}"]`)]
  return forms.find((form) => (form.dataset.part ?? '') === part) ?? null
}

/** Returns whether there is such a form. */
function fill(form: HTMLFormElement | null, kept: Kept): boolean {
  if (!form) return false
  for (const [name, value] of kept.fields) {
    const field = form.elements.namedItem(name)
    if (field instanceof HTMLInputElement && field.type === 'checkbox') field.checked = true
    else if (field instanceof HTMLInputElement && field.type === 'hidden') continue
    else if (isField(field)) field.value = value
  }
  const button = form.querySelector<HTMLElement>('button:not([type="button"])')
  button?.focus({ preventScroll: form.closest('section.sec') !== null })
  if (!form.closest('dialog')) say(thanks(kept))
  return true
}

function thanks({ label }: Kept): string {
  return `Thank you, you are confirmed. Nothing was sent yet: press “${label}” again.`
}

function labelOf(form: HTMLFormElement): string {
  const button = form.querySelector('button:not([type="button"])')?.cloneNode(true)
  if (!(button instanceof HTMLElement)) return 'Save'
  for (const unseen of button.querySelectorAll('.vh, [aria-hidden="true"]')) unseen.remove()
  return button.textContent?.trim() || 'Save'
}

function wordsOf(form: HTMLFormElement): [string, string][] {
  return [...new FormData(form)].filter(
    (field): field is [string, string] =>
      typeof field[1] === 'string' && !OURS.has(field[0]) && !field[0].startsWith('fingerprint:'),
  )
}

function isField(field: unknown): field is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
  return (
    field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement
  )
}

function note(words: string): HTMLElement {
  const element = document.createElement('p')
  element.className = 'notice'
  element.dataset.kind = 'info'
  element.setAttribute('role', 'status')
  element.textContent = words
  return element
}

/** Until the next press. */
function say(words: string): void {
  const place = document.getElementById('room-notice')
  if (!place) return
  const said = note(words)
  place.replaceChildren(...said.childNodes)
  place.dataset.kind = 'info'
  place.classList.add('notice')
  place.hidden = false
  for (const type of ['pointerdown', 'keydown']) {
    document.addEventListener(type, () => (place.hidden = true), { once: true })
  }
}

function whenSynced(then: () => void): void {
  const room = document.getElementById('room')
  if (!room || room.dataset.synced === 'true') {
    then()
    return
  }
  const observer = new MutationObserver(() => {
    if (room.dataset.synced !== 'true') return
    observer.disconnect()
    then()
  })
  observer.observe(room, { attributes: true, attributeFilter: ['data-synced'] })
}
