/**
 * Commands go out one after the other, in the order they were given, so that answers never overtake each other. One
 * that cannot reach the server waits, visibly, and is tried again with its key until the server has answered.
 */
import { COMMAND_BACKOFF, delayMs } from './backoff'
import type { Command, Outcome } from './command-request'

export type CommandState = 'sending' | 'waiting'

/** One command and those who want to know how it goes. `owner` is the form it came from. */
export interface Entry {
  owner: object
  command: Command
  /** Of a page of before, which may have sent it already: nothing takes its place. */
  isOfBefore?: boolean
  onState(state: CommandState): void
  onOutcome(outcome: Exclude<Outcome, { kind: 'unreachable' }>): void
}

export interface QueueOptions {
  send(command: Command): Promise<Outcome>
  /** Called whenever a command joins, waits or leaves. */
  onChange?(): void
  random?(): number
}

export class CommandQueue {
  /** Commands that have no answer yet, in their order. */
  readonly entries: Entry[] = []
  private sending: Entry | null = null
  private attempt = 0
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(private readonly options: QueueOptions) {}

  /** Commands that have no answer yet. */
  get length(): number {
    return this.entries.length
  }

  /** Whether the server can't be reached, so that commands wait to be tried again. */
  get isWaiting(): boolean {
    return this.timer !== null
  }

  has(owner: object): boolean {
    return this.entries.some((entry) => entry.owner === owner)
  }

  /** The last command of an owner that has no answer yet, and whether the server may know of it. */
  lastOf(owner: object): { command: Command; mayHaveArrived: boolean } | null {
    const at = this.entries.findLastIndex((entry) => entry.owner === owner)
    const entry = this.entries[at]
    return entry ? { command: entry.command, mayHaveArrived: this.mayHaveArrived(at) } : null
  }

  /** Add a command. One of the same owner that has not been tried yet is replaced: only its last value counts. */
  add(entry: Entry): void {
    const last = this.entries.findLastIndex((other) => other.owner === entry.owner)
    if (last >= 0 && !this.mayHaveArrived(last) && !entry.isOfBefore) this.entries[last] = entry
    else this.entries.push(entry)
    entry.onState(this.timer === null ? 'sending' : 'waiting')
    this.options.onChange?.()
    if (this.timer === null) void this.sendNext()
  }

  /** The connection is back: try now. */
  retryNow(): void {
    if (this.timer === null) return
    clearTimeout(this.timer)
    this.timer = null
    void this.sendNext()
  }

  private mayHaveArrived(at: number): boolean {
    const isBeingTried = at === 0 && (this.sending !== null || this.attempt > 0)
    return isBeingTried || this.entries[at]?.isOfBefore === true
  }

  private async sendNext(): Promise<void> {
    const entry = this.entries[0]
    if (!entry || this.sending) return
    this.sending = entry
    entry.onState('sending')
    const outcome = await this.options.send(entry.command)
    this.sending = null
    if (outcome.kind === 'unreachable') {
      this.wait(outcome.retryAfterMs)
      return
    }
    this.attempt = 0
    this.entries.shift()
    entry.onOutcome(outcome)
    this.options.onChange?.()
    void this.sendNext()
  }

  private wait(retryAfterMs: number | null): void {
    const delay = retryAfterMs ?? delayMs(this.attempt, COMMAND_BACKOFF, this.options.random)
    this.attempt += 1
    this.timer = setTimeout(() => this.retryNow(), delay)
    for (const entry of this.entries) entry.onState('waiting')
    this.options.onChange?.()
  }
}
