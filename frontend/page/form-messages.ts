/**
 * What a form says about its own command: refused, with the fields marked, or waiting for the connection. The words
 * stay until the person changes the value or sends again.
 */
import type { Problem } from './command-request'

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

export const WAITING_WORDS = 'Waiting for the connection; will be sent once'

let created = 0

/** Show why the command was refused. The value and the focus stay where they are. */
export function showProblem(form: HTMLFormElement, problem: Problem): void {
  const fields = new Map<Control, string>()
  const placed: string[] = []
  for (const error of problem.errors ?? []) {
    const control = controlNamed(form, error.pointer)
    const place = placeFor(form, error.pointer)
    if (place && error.detail) {
      say(place, error.detail, control)
      placed.push(error.detail)
    } else if (control && error.detail) fields.set(control, error.detail)
  }
  const general = problem.detail ?? problem.title ?? 'This was not accepted.'
  if (placed.length > 0) {
    // The only thing wrong is said once, at its place; beside the button stands what became of it.
    const [only = ''] = placed
    const rest = placed.length === 1 && general.startsWith(only) ? general.slice(only.length).trim() : general
    if (rest) say(messageOf(form), rest, null)
    return
  }
  const isAboutOther = Boolean(problem.errors?.length) && !form.matches('[data-cell]')
  const only = [...fields.keys()][0] ?? (isAboutOther ? null : firstControl(form))
  for (const control of fields.keys()) control.closest('details')?.setAttribute('open', '')
  if (fields.size <= 1) {
    say(messageOf(form), general, only)
    return
  }
  say(messageOf(form), general, null)
  for (const [control, detail] of fields) say(messageAfter(control), detail, control)
}

/** Show that the command waits for the connection. */
export function showWaiting(form: HTMLFormElement): void {
  let words = form.querySelector<HTMLElement>('.waiting')
  if (!words) {
    words = makeMessage('waiting', 'status')
    form.append(words)
  }
  words.textContent = WAITING_WORDS
}

export function clearWaiting(form: HTMLFormElement): void {
  form.querySelector('.waiting')?.remove()
}

/** Take back what `showProblem` said. */
export function clearProblem(form: HTMLFormElement): void {
  for (const message of form.querySelectorAll<HTMLElement>('[data-said]:not(.waiting)')) {
    for (const control of controls(form)) undescribe(control, message.id)
    if (message.hasAttribute('data-error')) {
      message.textContent = ''
      message.hidden = true
      message.removeAttribute('data-said')
    } else {
      message.remove()
    }
  }
  for (const control of controls(form)) control.removeAttribute('aria-invalid')
}

function say(message: HTMLElement, words: string, control: Control | null): void {
  message.hidden = false
  message.setAttribute('data-said', '')
  message.textContent = words
  if (!control) return
  control.setAttribute('aria-invalid', 'true')
  const described = (control.getAttribute('aria-describedby') ?? '').split(/\s+/).filter(Boolean)
  if (!described.includes(message.id)) control.setAttribute('aria-describedby', [...described, message.id].join(' '))
}

function undescribe(control: Control, id: string): void {
  const rest = (control.getAttribute('aria-describedby') ?? '').split(/\s+/).filter((other) => other && other !== id)
  if (rest.length > 0) control.setAttribute('aria-describedby', rest.join(' '))
  else control.removeAttribute('aria-describedby')
}

/** The form's own place for messages, `[data-error]`, or a new one at its end. */
function messageOf(form: HTMLFormElement): HTMLElement {
  const own = form.querySelector<HTMLElement>('[data-error=""]')
  if (own) {
    own.id ||= newId()
    if (!own.hasAttribute('role')) own.setAttribute('role', 'alert')
    return own
  }
  const message = makeMessage('cell-error', 'alert')
  form.append(message)
  return message
}

function messageAfter(control: Control): HTMLElement {
  const message = makeMessage('cell-error', 'alert')
  control.after(message)
  return message
}

function makeMessage(className: string, role: string): HTMLElement {
  const message = document.createElement('p')
  message.className = className
  message.id = newId()
  message.setAttribute('role', role)
  message.setAttribute('data-said', '')
  return message
}

function newId(): string {
  created += 1
  return `said-${created}`
}

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((element): element is Control => element.matches('input, select, textarea'))
}

function firstControl(form: HTMLFormElement): Control | null {
  const seen = controls(form).filter((control) => control.type !== 'hidden' && control.type !== 'submit')
  return seen.find((control) => control === document.activeElement) ?? seen[0] ?? null
}

/** A field's own place for what is said about it: `[data-error="name"]`. */
function placeFor(form: HTMLFormElement, pointer: string | undefined): HTMLElement | null {
  const place = form.querySelector<HTMLElement>(`[data-error="${nameIn(pointer)}"]:not([data-error=""])`)
  if (place) place.id ||= newId()
  return place
}

/** A JSON pointer such as `/quantity` or `/lines/0/quantity` names the control of its last part. */
function nameIn(pointer: string | undefined): string {
  return pointer?.split('/').filter(Boolean).at(-1) ?? ''
}

function controlNamed(form: HTMLFormElement, pointer: string | undefined): Control | null {
  const name = nameIn(pointer)
  return controls(form).find((control) => control.name === name && control.type !== 'hidden') ?? null
}
