/**
 * Price changes and other commands that have no answer yet, kept in this browser so that they outlive a reload, a crash
 * or a closed tab: those of forms with `data-kept`. Agreeing, signing and sharing are acts of the moment and are not.
 *
 * What is kept is the request itself, with its key, under the person who made it. The next page of the same person in
 * this room sends it again; the server carries it out once, however many pages do. Where it can't be sent or is refused,
 * the person reads what they had entered. Loaded on demand.
 */
import type { CommandQueue, Entry } from '../page/command-queue'
import type { Command, Problem } from '../page/command-request'
import type { Commands } from '../page/commands'
import { openCommandStore, type CommandStore, type KeptCommand } from './command-store'
import type { RoomFacts } from './room-facts'

/** A command that is answered sooner is not written down. */
const SETTLE_MS = 250
/** The server knows for a day which commands it has carried out; see `KEPT_HOURS` in `proposals/idempotency.py`. */
export const SENDABLE_MS = 20 * 60 * 60 * 1000

/** Nobody came back for them. */
export const FORGET_AFTER_MS = 60 * 24 * 60 * 60 * 1000

export interface KeptCommandsOptions {
  queue: CommandQueue
  /** `Commands.sendAgain`. */
  sendAgain(command: Command, form: HTMLFormElement | null, onRefused: (problem: Problem) => void): void
  store: CommandStore
  keptFor: { user: string; room: string; epoch: number }
  mayWrite: boolean
  /** What was entered, where it can't be done: for the person to read and copy. */
  onHomeless(kept: KeptCommand, reason: string): void
  now?(): number
}

export class KeptCommands {
  private readonly written = new Set<string>()
  private readonly now: () => number
  private timer: ReturnType<typeof setTimeout> | null = null
  private turn = 0

  constructor(private readonly options: KeptCommandsOptions) {
    this.now = options.now ?? Date.now
  }

  /** Send what this person left without an answer here, or show it; gives how many were sent. */
  async takeUp(): Promise<number> {
    const { store, keptFor, mayWrite } = this.options
    const all = await store.all()
    const mine = all.filter(({ user, room }) => user === keptFor.user && room === keptFor.room)
    const left = mine.filter(({ key }) => !this.written.has(key)).sort((a, b) => a.at - b.at || a.turn - b.turn)
    const reasonOf = (kept: KeptCommand): string | null => {
      if (!mayWrite) return 'You may only read this proposal now, so this was not changed.'
      if (kept.epoch !== keptFor.epoch) return 'The proposal was shared after you entered this, so it was not changed.'
      if (this.now() - kept.at > SENDABLE_MS) return 'You entered this too long ago to send it unasked.'
      return null
    }
    const due = left.filter((kept) => reasonOf(kept) === null)
    for (const kept of due) this.send(kept)
    for (const kept of left) {
      const reason = reasonOf(kept)
      if (reason !== null) this.options.onHomeless(kept, reason)
    }
    const isOver = (kept: KeptCommand) => left.includes(kept) || this.now() - kept.at > FORGET_AFTER_MS
    await store.forget(all.filter((kept) => isOver(kept) && !due.includes(kept)).map(({ key }) => key))
    this.changed()
    return due.length
  }

  /** To be called whenever a command joins, waits or leaves. */
  readonly changed = (): void => {
    const { queue, store } = this.options
    const waiting = new Set(queue.entries.map(({ command }) => command.idempotencyKey))
    const answered = [...this.written].filter((key) => !waiting.has(key))
    for (const key of answered) this.written.delete(key)
    if (answered.length > 0) void store.forget(answered)
    if (this.unwritten.length > 0) this.timer ??= setTimeout(this.write, queue.isWaiting ? 0 : SETTLE_MS)
  }

  /** Write down what has no answer and is not written yet; at once, as when the page is left. */
  readonly write = (): void => {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    const fresh = this.unwritten.map((entry) => this.kept(entry))
    for (const { key } of fresh) this.written.add(key)
    if (fresh.length > 0) void this.options.store.put(fresh)
  }

  private get unwritten(): Entry[] {
    return this.options.queue.entries.filter(
      ({ owner, command }) =>
        isKept(owner) && command.body instanceof URLSearchParams && !this.written.has(command.idempotencyKey),
    )
  }

  private kept({ owner, command }: Entry): KeptCommand {
    const { user, room, epoch } = this.options.keptFor
    const form = owner as HTMLFormElement
    this.turn += 1
    return {
      ...{ key: command.idempotencyKey, user, room, epoch, at: this.now(), turn: this.turn },
      path: new URL(command.url, location.href).pathname,
      body: String(command.body),
      title: titleOf(form),
      words: wordsOf(form, command.body as URLSearchParams),
    }
  }

  private send(kept: KeptCommand): void {
    const body = new URLSearchParams(kept.body)
    const form = formOf(kept.path, body)
    if (form) fill(form, body)
    this.written.add(kept.key)
    const command = { url: kept.path, body, csrfToken: csrfToken(), idempotencyKey: kept.key }
    this.options.sendAgain(command, form, ({ detail, title }) => this.options.onHomeless(kept, detail ?? title ?? ''))
  }
}

/** Keep those of this page from now on; gives how many of a page of before are on their way again. */
export async function keepCommands(
  commands: Commands,
  facts: RoomFacts,
  onHomeless: KeptCommandsOptions['onHomeless'],
): Promise<number> {
  const { user, room, epoch } = facts.keptFor
  const store = await openCommandStore().catch(() => null)
  if (!store) return 0
  const kept = new KeptCommands({
    queue: commands.queue,
    sendAgain: commands.sendAgain.bind(commands),
    store,
    keptFor: { user, room, epoch },
    mayWrite: facts.mayWrite === 'true',
    onHomeless,
  })
  commands.onChange(kept.changed)
  window.addEventListener('pagehide', kept.write)
  document.addEventListener('visibilitychange', () => document.hidden && kept.write())
  return kept.takeUp()
}

function isKept(owner: object): boolean {
  return owner instanceof HTMLFormElement && owner.matches('[data-kept]')
}

/** The form on this page that a command came from: forms of one address differ by the field they are for. */
function formOf(path: string, body: URLSearchParams): HTMLFormElement | null {
  const forms = document.querySelectorAll<HTMLFormElement>('#room form[data-kept]')
  const isIt = (form: HTMLFormElement) =>
    form.getAttribute('action') === path && hiddenField(form) === (body.get('field') ?? '')
  return [...forms].find(isIt) ?? null
}

function hiddenField(form: HTMLFormElement): string {
  return form.querySelector<HTMLInputElement>('input[type="hidden"][name="field"]')?.value ?? ''
}

/** Show what was entered, as it was on the page of before. */
function fill(form: HTMLFormElement, body: URLSearchParams): void {
  for (const control of controlsOf(form)) {
    const values = body.getAll(control.name)
    if (isTicked(control)) control.checked = values.includes(control.value)
    else if (values[0] !== undefined) control.value = values[0]
  }
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

/** What a person sees and fills in. */
function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>('input:not([type="hidden"]), select, textarea')].filter(({ name }) => name)
}

function titleOf(form: HTMLFormElement): string {
  const only = controlsOf(form)
  const label = only.length === 1 && only[0] ? labelOf(only[0]) : ''
  const heading = form.closest('#panel')?.querySelector('h1, h2, h3')
  return label || textOf(heading) || textOf(form.querySelector('legend, button')) || 'A change'
}

/** What was entered, by the names the form gives it: one control alone without its name, which is the title. */
function wordsOf(form: HTMLFormElement, body: URLSearchParams): string {
  const controls = controlsOf(form)
  const lines = controls.map((control) => [labelOf(control), valueOf(control, body)]).filter(([, value]) => value)
  if (controls.length === 1) return lines.map(([, value]) => value).join('')
  return lines.map(([label, value]) => (label ? `${label}: ${value}` : value)).join('\n')
}

function valueOf(control: Control, body: URLSearchParams): string {
  if (!isTicked(control)) return body.get(control.name) ?? ''
  if (body.getAll(control.name).includes(control.value)) return 'yes'
  return control.type === 'checkbox' ? 'no' : ''
}

function isTicked(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && ['checkbox', 'radio'].includes(control.type)
}

function labelOf(control: Control): string {
  return control.getAttribute('aria-label') ?? textOf(control.labels?.[0])
}

function textOf(element: Element | null | undefined): string {
  return (element?.textContent ?? '').replace(/\s+/g, ' ').trim()
}

function csrfToken(): string {
  return document.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')?.value ?? ''
}
