/** What the top bar says about my words: one state, one short sentence, never more than is true. */

export type StatusState = 'saved' | 'saving' | 'offline' | 'refused' | 'frozen' | 'reading' | 'ended'

export interface StatusFacts {
  /** In contact with the room and in step with it. */
  connected: boolean
  unsavedEdits: number
  /** In contact, but for some seconds nothing of it could be stored: a full disk, a locked database. */
  isStalled: boolean
  /** Price changes and other commands that wait for the connection. */
  waitingCommands: number
  /** The server has closed the room to this page for good, in words: “No longer taking part”. Null while it goes on. */
  ended: string | null
  /** Why nothing can be written any more, in words: “Locked for signing”, “Declined”. Null while it can. */
  frozen: string | null
  mayWrite: boolean
  /** Why the server did not take what was written, or null. */
  refusal: string | null
}

export interface Status {
  state: StatusState
  words: string
}

export function statusOf(facts: StatusFacts): Status {
  if (facts.ended !== null) return { state: 'ended', words: facts.ended }
  if (facts.refusal !== null) return { state: 'refused', words: `Not saved: ${facts.refusal}` }
  if (!facts.connected) return { state: 'offline', words: offlineWords(facts.unsavedEdits + facts.waitingCommands) }
  if (facts.isStalled && facts.unsavedEdits > 0) {
    return { state: 'refused', words: `Not saved yet, ${kept(facts.unsavedEdits)}` }
  }
  if (facts.unsavedEdits > 0 || facts.waitingCommands > 0) return { state: 'saving', words: 'Saving…' }
  if (facts.frozen !== null) return { state: 'frozen', words: facts.frozen }
  return facts.mayWrite ? { state: 'saved', words: 'Saved' } : { state: 'reading', words: 'Reading' }
}

function offlineWords(edits: number): string {
  if (edits === 0) return 'Offline'
  return `Offline, ${kept(edits)}`
}

function kept(edits: number): string {
  return `${edits} ${edits === 1 ? 'edit' : 'edits'} kept here`
}

/** Writes the status into `#status`. */
export class StatusLine {
  constructor(private readonly element: HTMLElement | null) {}

  show(status: Status): void {
    if (!this.element) return
    this.element.dataset.state = status.state
    const words = this.element.querySelector('span') ?? this.element
    if (words.textContent !== status.words) words.textContent = status.words
    this.element.title = status.words
  }
}
