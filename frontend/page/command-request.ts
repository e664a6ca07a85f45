/**
 * One command over HTTP: a form post that asks for JSON. The same key and the same bytes go with every try of one
 * submission, so the server applies it once however often the answer is lost.
 */
import type { Fragment } from './fragments'

export interface Command {
  url: string
  body: URLSearchParams | FormData
  csrfToken: string
  idempotencyKey: string
}

/** What the server says when it has done it. */
export interface Answer {
  fragments?: Fragment[]
  /** Pieces for this page alone, which no event brings. */
  own?: Fragment[]
  announce?: string
  redirect?: string
  /** Id of the element that should have the focus afterwards. */
  focus?: string
  /** Id of the dialog to close. */
  close?: string
  /** Number of the event this command made, so that an older picture never covers a newer one. */
  event?: number
}

/** A way on from a refusal: values for the form's controls, by name, and whether the form is sent with them. */
export interface Choice {
  label: string
  fields: Record<string, string>
  send: boolean
}

/** RFC 9457, with what the page needs to show it. */
export interface Problem {
  title?: string
  detail?: string
  code?: string
  errors?: { pointer?: string; code?: string; detail?: string }[]
  fragments?: Fragment[]
  redirect?: string
  /** Ways on, offered as buttons. */
  choices?: Choice[]
  /** Where a guest confirms who they are, for pages without a dialog for it. */
  confirm_url?: string
}

export type Outcome =
  | { kind: 'done'; answer: Answer }
  | { kind: 'refused'; status: number; problem: Problem }
  | { kind: 'unreachable'; retryAfterMs: number | null }

/** The server is restarting, or a proxy says so: the command is still worth sending. */
const TRY_AGAIN = new Set([502, 503, 504])

/** Plain fields are encoded so that every try has the same bytes; multipart has a new boundary each time. */
export function bodyOf(fields: FormData): URLSearchParams | FormData {
  const plain = new URLSearchParams()
  for (const [name, value] of fields) {
    if (typeof value !== 'string') return fields
    plain.append(name, value)
  }
  return plain
}

export async function send(command: Command, fetcher: typeof fetch = fetch): Promise<Outcome> {
  let response: Response
  try {
    response = await fetcher(command.url, {
      method: 'POST',
      body: command.body,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        'X-CSRFToken': command.csrfToken,
        'Idempotency-Key': command.idempotencyKey,
      },
    })
  } catch {
    return { kind: 'unreachable', retryAfterMs: null }
  }
  if (TRY_AGAIN.has(response.status)) return { kind: 'unreachable', retryAfterMs: retryAfterMs(response) }
  const content = await json(response)
  if (response.ok && !content && response.redirected) return { kind: 'done', answer: { redirect: response.url } }
  if (response.ok) return { kind: 'done', answer: content ?? {} }
  return { kind: 'refused', status: response.status, problem: content ?? wordsFor(response.status) }
}

function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
}

async function json(response: Response): Promise<Record<string, unknown> | null> {
  try {
    const content: unknown = await response.json()
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** For answers that are not ours, such as a proxy's page: what is wrong, that nothing was lost, what to do. */
function wordsFor(status: number): Problem {
  if (status === 403) return { detail: 'This page has grown old. What you typed is still here: copy it, then reload.' }
  if (status === 404) return { detail: 'This is no longer here. Reload the page to see what is.' }
  if (status === 413) return { detail: 'This is too large to send.' }
  return { detail: 'The server could not do this just now. What you entered is still here; please try again.' }
}
