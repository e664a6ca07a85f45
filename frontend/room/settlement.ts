/**
 * Whether a section may be agreed to: everything I typed in it is durable, everything others typed has its number in
 * the log, and the server has said what the text of that number (or a later one) is, by its fingerprint.
 */

interface SectionState {
  /** Number of my last edit here, see `SavedCount.editMade`. */
  myLastEdit: number
  /** A change came in whose number in the log has not been told yet. */
  awaitsHead: boolean
  changedSeq: number
  settledSeq: number
}

export class Settlement {
  private readonly sections = new Map<string, SectionState>()
  private savedEdits = 0

  private state(section: string): SectionState {
    let state = this.sections.get(section)
    if (!state) {
      state = { myLastEdit: 0, awaitsHead: false, changedSeq: 0, settledSeq: 0 }
      this.sections.set(section, state)
    }
    return state
  }

  editedHere(section: string, edit: number): void {
    this.state(section).myLastEdit = edit
  }

  changedElsewhere(section: string): void {
    this.state(section).awaitsHead = true
  }

  /** My edits up to number `savedEdits` are durable at or before `seq`. */
  saved(savedEdits: number, seq: number): void {
    for (const state of this.sections.values()) {
      const becameDurable = state.myLastEdit > this.savedEdits && state.myLastEdit <= savedEdits
      if (becameDurable) state.changedSeq = Math.max(state.changedSeq, seq)
    }
    this.savedEdits = savedEdits
  }

  /** This socket has been sent the whole log up to `seq`. */
  head(seq: number): void {
    for (const state of this.sections.values()) {
      if (!state.awaitsHead) continue
      state.awaitsHead = false
      state.changedSeq = Math.max(state.changedSeq, seq)
    }
  }

  /** The server has told the fingerprint of the section's text at `seq`. */
  settled(section: string, seq: number): void {
    const state = this.state(section)
    state.settledSeq = Math.max(state.settledSeq, seq)
  }

  /**
   * Stop waiting for a fingerprint that was told while this page was away; the server still refuses a stale one.
   * My own unsaved edits are never waived.
   */
  waive(section: string): void {
    const state = this.state(section)
    state.awaitsHead = false
    state.settledSeq = Math.max(state.settledSeq, state.changedSeq)
  }

  hasUnsaved(section: string): boolean {
    return this.state(section).myLastEdit > this.savedEdits
  }

  isSettled(section: string): boolean {
    const state = this.state(section)
    return !this.hasUnsaved(section) && !state.awaitsHead && state.settledSeq >= state.changedSeq
  }
}
