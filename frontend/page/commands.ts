/**
 * Forms with `data-command` are sent by script: the page stays, and the server's answer says which pieces changed.
 * Without script they are ordinary forms.
 */
import type { Announcer } from './announcer'
import { CommandQueue, type CommandState } from './command-queue'
import { bodyOf, send, type Answer, type Command, type Outcome, type Problem } from './command-request'
import type { Dialogs } from './dialogs'
import { clearProblem, clearWaiting, showProblem, showWaiting } from './form-messages'
import type { Fragments } from './fragments'
import { keepFor } from './guest'

const CONFIRM_DIALOG = 'confirm-dialog'

/** Tells whether the page already shows a later state than event `seq`. */
export type IsOutdated = (seq: number) => boolean

export class Commands {
  readonly queue: CommandQueue
  private readonly listeners: (() => void)[] = []
  private readonly refusals = new WeakMap<HTMLFormElement, (status: number) => void>()
  private readonly successes = new WeakMap<HTMLFormElement, () => void>()
  /** Set by the room, which also hears of changes over its socket. */
  isOutdated: IsOutdated = () => false
  /** Called after a refusal was shown at its form. */
  onRefused: (form: HTMLFormElement, problem: Problem) => void = () => undefined

  constructor(
    document: Document,
    private readonly fragments: Fragments,
    private readonly announcer: Announcer,
    private readonly dialogs: Dialogs,
  ) {
    this.queue = new CommandQueue({ send, onChange: () => this.changed() })
    document.addEventListener('submit', (event) => this.intercept(event))
    document.addEventListener('input', (event) => clearOnInput(event))
    window.addEventListener('online', () => this.queue.retryNow())
    window.addEventListener('beforeunload', (event) => {
      if (this.queue.length > 0) event.preventDefault()
    })
  }

  /** Called whenever the number of commands without an answer changes. */
  onChange(listener: () => void): void {
    this.listeners.push(listener)
  }

  /** What a form wants done once its current command was accepted or refused. */
  onAnswer(form: HTMLFormElement, accepted: () => void, refused: (status: number) => void): void {
    this.successes.set(form, accepted)
    this.refusals.set(form, refused)
  }

  private changed(): void {
    for (const listener of this.listeners) listener()
  }

  private intercept(event: SubmitEvent): void {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || !form.matches('[data-command]')) return
    if (event.defaultPrevented) return
    event.preventDefault()
    if (event.submitter?.getAttribute('aria-disabled') === 'true') {
      this.announcer.say(reasonOf(event.submitter))
      return
    }
    const isRepeatable = form.matches('[data-cell]') || form.querySelector('[data-autosubmit]') !== null
    if (this.queue.has(form) && !isRepeatable) return
    this.submit(form, event.submitter)
  }

  private submit(form: HTMLFormElement, submitter: HTMLElement | null): void {
    clearProblem(form)
    const fields = new FormData(form, submitter)
    const csrfToken = String(fields.get('csrfmiddlewaretoken') ?? csrfCookie())
    // It goes in a header: the body stays the same bytes when a later page sends it with a token of its own.
    fields.delete('csrfmiddlewaretoken')
    this.queue.add({
      owner: form,
      command: {
        // Not form.action: a control of that name would hide it.
        url: submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? location.href,
        body: bodyOf(fields),
        csrfToken,
        idempotencyKey: crypto.randomUUID(),
      },
      onState: (state) => showState(form, state),
      onOutcome: (outcome) => this.finish(form, outcome),
    })
  }

  /**
   * Send a command of a page of before once more, under its key. `form` is where it came from, if that still stands
   * here and shows what was entered; else a refusal goes to `onRefused`.
   */
  sendAgain(command: Command, form: HTMLFormElement | null, onRefused: (problem: Problem) => void): void {
    this.queue.add({
      owner: form ?? command,
      command,
      isOfBefore: true,
      onState: (state) => form && showState(form, state),
      onOutcome: (outcome) => {
        if (form) this.finish(form, outcome)
        // Nothing opens, closes or moves the focus, wherever the person is by now.
        else if (outcome.kind === 'done') this.show(outcome.answer)
        else onRefused(outcome.problem)
      },
    })
  }

  private finish(form: HTMLFormElement, outcome: Exclude<Outcome, { kind: 'unreachable' }>): void {
    if (!this.queue.has(form)) {
      form.removeAttribute('data-state')
      clearWaiting(form)
    }
    if (outcome.kind === 'done') this.accept(form, outcome.answer)
    else this.refuse(form, outcome.status, outcome.problem)
  }

  private accept(form: HTMLFormElement, answer: Answer): void {
    this.successes.get(form)?.()
    if (form.matches('[data-resets]')) form.reset()
    this.show(answer)
    const shown = form.querySelector('[data-announced]')
    if (shown && answer.announce) shown.textContent = answer.announce
    if (answer.close) this.dialogs.close(answer.close)
    if (form.matches('[data-closes]')) form.closest('dialog')?.close()
    // A panel that is a page of its own closes by leading to what it changed.
    const onward = answer.redirect ?? (answer.close && form.closest<HTMLElement>('[data-done]')?.dataset.done)
    if (onward) go(onward)
    // A dialog that closes gives the focus back to its opener first.
    const { focus: id } = answer
    if (id) setTimeout(() => focus(id), 0)
  }

  private show(answer: Answer): void {
    if (answer.event === undefined || !this.isOutdated(answer.event)) this.fragments.apply(answer.fragments)
    else this.fragments.applyHeld()
    this.fragments.apply(answer.own)
    this.announcer.say(answer.announce)
  }

  private refuse(form: HTMLFormElement, status: number, problem: Problem): void {
    this.refusals.get(form)?.(status)
    // A refused value stays as it was typed, also when the row around it is rendered anew.
    if (status !== 401) form.querySelector('[data-cell] > .cell')?.setAttribute('aria-invalid', 'true')
    this.fragments.apply(problem.fragments)
    if (status === 401 && this.askWhoItIs(form, problem)) return
    const shownAt = form.isConnected ? form : sameForm(form)
    showProblem(shownAt, problem)
    this.onRefused(shownAt, problem)
  }

  /** Returns whether there is a way to sign in or to confirm from here. */
  private askWhoItIs(form: HTMLFormElement, problem: Problem): boolean {
    if (!problem.redirect && this.dialogs.open(CONFIRM_DIALOG)) {
      keepFor(form)
      return true
    }
    const address = problem.redirect ?? problem.confirm_url
    if (address) go(address)
    return address !== undefined
  }
}

/** Why a button does not work now, as its description or title says. */
function reasonOf(button: HTMLElement): string {
  const described = (button.getAttribute('aria-describedby') ?? '').split(/\s+/).filter(Boolean)
  const words = described.map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
  return words.trim() || button.title
}

function showState(form: HTMLFormElement, state: CommandState): void {
  form.dataset.state = state
  if (state === 'waiting') showWaiting(form)
  else clearWaiting(form)
}

function clearOnInput(event: Event): void {
  const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>('form[data-command]') : null
  if (form?.querySelector('[data-said]:not(.waiting)')) clearProblem(form)
}

/** A fragment may have replaced the form while its command was under way. */
function sameForm(form: HTMLFormElement): HTMLFormElement {
  const successor = form.id ? document.getElementById(form.id) : null
  return successor instanceof HTMLFormElement ? successor : form
}

function csrfCookie(): string {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? ''
}

/** Only ever to a page of ours. The page we are on is loaded anew. */
function go(address: string): void {
  const target = new URL(address, location.href)
  if (target.origin !== location.origin) return
  const isHere = target.pathname === location.pathname && target.search === location.search
  if (!isHere) {
    location.assign(target)
    return
  }
  if (target.hash) {
    // To the place that is named, not to where the page was before it was loaded anew.
    history.scrollRestoration = 'manual'
    history.replaceState(null, '', target)
  }
  location.reload()
}

function focus(id: string): void {
  const element = document.getElementById(id)
  if (!element) return
  element.focus()
  if (document.activeElement !== element) {
    element.tabIndex = -1
    element.focus()
  }
}
