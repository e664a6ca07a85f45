/**
 * Passkeys: what the server asks goes to the browser, and its answer into the form's hidden field `passkey`, as JSON.
 * Loaded on demand.
 */
import { commands } from './page'

export type Ceremony = 'create' | 'get'

/** Said in place of what browsers say, which is in the language of programs. */
export class NotConfirmed extends Error {}

export function arePossible(): boolean {
  return typeof PublicKeyCredential === 'function'
}

/** Sends the form to `address`, which asks, and runs the ceremony. Throws NotConfirmed with words for the person. */
export async function answerOf(address: string, ceremony: Ceremony, form: HTMLFormElement): Promise<string> {
  const response = await fetch(address, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { Accept: 'application/json' },
    body: new FormData(form),
  }).catch(() => null)
  const asked: unknown = await response?.json().catch(() => null)
  if (!response?.ok || !isAsked(asked)) throw new NotConfirmed(detailOf(asked))
  const publicKey = decoded(asked.publicKey) as never
  let made: Credential | null
  try {
    made = await (ceremony === 'create'
      ? navigator.credentials.create({ publicKey })
      : navigator.credentials.get({ publicKey }))
  } catch (error) {
    throw new NotConfirmed(wordsFor(error))
  }
  if (!(made instanceof PublicKeyCredential)) throw new NotConfirmed(wordsFor(null))
  return JSON.stringify(told(made))
}

/**
 * A form whose command needs a passkey first: `data-passkey` says which ceremony, `data-asks` where to ask. Where a
 * passkey confirms, a mailed code that was entered goes in its place.
 */
export function bindPasskeyForm(form: HTMLFormElement): void {
  if (!arePossible()) return
  form.hidden = false
  for (const hint of form.parentElement?.querySelectorAll<HTMLElement>('[data-no-passkeys]') ?? []) hint.hidden = true
  const { passkey: ceremony, asks } = form.dataset
  const code = ceremony === 'create' ? null : form.querySelector<HTMLInputElement>('input[name="code"]')
  confirmBefore(form, asks ?? '', ceremony === 'create' ? 'create' : 'get', () => !code?.value.trim())
}

/** Puts the passkey's answer into the form before it is sent, when `isNeeded`. One answer serves until it is refused. */
export function confirmBefore(form: HTMLFormElement, asks: string, ceremony: Ceremony, isNeeded: () => boolean): void {
  const field = form.querySelector<HTMLInputElement>('input[name="passkey"]')
  if (!field) return
  form.addEventListener('submit', (event) => {
    if (field.value || !isNeeded()) return
    event.preventDefault()
    if (form.dataset.state === 'sending') return
    form.dataset.state = 'sending'
    say(form, '')
    answerOf(asks, ceremony, form)
      .then((answer) => {
        form.removeAttribute('data-state')
        field.value = answer
        form.requestSubmit()
      })
      .catch((error: unknown) => {
        form.removeAttribute('data-state')
        say(form, error instanceof NotConfirmed ? error.message : wordsFor(error))
      })
  })
  if (ceremony === 'create' || !form.matches('[data-sign]')) {
    const forget = (): void => {
      field.value = ''
    }
    commands.onAnswer(form, forget, forget)
  }
}

function say(form: HTMLFormElement, words: string): void {
  const place = form.querySelector<HTMLElement>('[data-error="passkey"]') ?? form.querySelector('[data-error=""]')
  if (!place) return
  place.hidden = !words
  place.textContent = words
  place.toggleAttribute('data-said', words !== '')
}

function wordsFor(error: unknown): string {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'InvalidStateError') return 'This device has a passkey for you here already.'
  return 'The passkey was not confirmed, and nothing was done. Try again, or use a mailed code.'
}

function detailOf(problem: unknown): string {
  const detail = typeof problem === 'object' && problem && 'detail' in problem ? problem.detail : null
  return typeof detail === 'string' ? detail : 'The server could not ask for your passkey just now. Please try again.'
}

function isAsked(value: unknown): value is { publicKey: Record<string, unknown> } {
  return typeof value === 'object' && value !== null && 'publicKey' in value
}

/** What is bytes in the browser's interface travels as base64 for URLs: challenges and ids of people and passkeys. */
function decoded(options: Record<string, unknown>): Record<string, unknown> {
  const user = options.user as Record<string, string> | undefined
  const named = (list: unknown): unknown =>
    Array.isArray(list) ? list.map((one: { id: string }) => ({ ...one, id: bytes(one.id) })) : undefined
  return {
    ...options,
    challenge: bytes(String(options.challenge)),
    ...(user && { user: { ...user, id: bytes(user.id ?? '') } }),
    excludeCredentials: named(options.excludeCredentials) ?? [],
    allowCredentials: named(options.allowCredentials) ?? [],
  }
}

/** The credential as JSON, in the form of WebAuthn level 3, which not every browser makes by itself. */
function told(credential: PublicKeyCredential): Record<string, unknown> {
  const { response } = credential
  const parts: Record<string, string> = { clientDataJSON: text(response.clientDataJSON) }
  if (response instanceof AuthenticatorAttestationResponse) parts.attestationObject = text(response.attestationObject)
  if (response instanceof AuthenticatorAssertionResponse) {
    parts.authenticatorData = text(response.authenticatorData)
    parts.signature = text(response.signature)
    if (response.userHandle) parts.userHandle = text(response.userHandle)
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: parts }
}

function bytes(text: string): Uint8Array {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0))
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
