/**
 * Which of my edits are durable.
 *
 * The server counts the step 2 and update frames it received on a socket and says how many of them are settled. An
 * edit is saved when a settled frame carried it: the update frame made for it, or any later step 2, which carries
 * everything the server lacks. A refused frame leaves a hole that only the next step 2 closes.
 */

interface SentFrame {
  carriesAll: boolean
  /** Edits made, and my clock in the document, when the frame was sent. */
  edits: number
  clock: number
  refused: boolean
}

export class SavedCount {
  private frames: SentFrame[] = []
  private settledFrames = 0
  private hole = false
  private edits = 0
  private durableEdits = 0
  private durableClock = 0

  /** I changed the document. Returns the edit's number, from 1. */
  editMade(): number {
    this.edits += 1
    return this.edits
  }

  /** The count begins anew with every socket; what was under way on the last one is not known to be durable. */
  socketOpened(): void {
    this.frames = []
    this.settledFrames = 0
    this.hole = false
  }

  /** A step 2 (`carriesAll`) or update frame left on this socket; `clock` is the end of my own items in it. */
  frameSent(carriesAll: boolean, clock: number): void {
    this.frames.push({ carriesAll, edits: this.edits, clock, refused: false })
  }

  /** The server did not take the `number`-th frame (from 1) of this socket. */
  frameRefused(number: number): void {
    const frame = this.frames[number - 1 - this.settledFrames]
    if (frame) frame.refused = true
  }

  /** The server has settled the first `count` frames of this socket. */
  framesSettled(count: number): void {
    const settled = this.frames.splice(0, Math.max(0, count - this.settledFrames))
    this.settledFrames += settled.length
    for (const frame of settled) {
      if (frame.refused) this.hole = true
      else if (frame.carriesAll) this.hole = false
      if (!this.hole) {
        this.durableEdits = frame.edits
        this.durableClock = frame.clock
      }
    }
  }

  get unsavedEdits(): number {
    return this.edits - this.durableEdits
  }

  /** Number of the last edit known to be durable. */
  get savedEdits(): number {
    return this.durableEdits
  }

  /** My items in the document are durable up to this clock. */
  get savedClock(): number {
    return this.durableClock
  }
}
