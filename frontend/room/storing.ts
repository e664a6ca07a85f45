/** Notices when the server is there but stores nothing, so that the status never says “Saving…” for ever. */

export const STALLED_AFTER_MS = 4_000

export class Storing {
  private stalled = false
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(
    private readonly onStalled: () => void,
    private readonly afterMs = STALLED_AFTER_MS,
  ) {}

  /** Something was stored: the wait begins anew. */
  progressed(): void {
    this.stalled = false
    this.stop()
  }

  /** Whether nothing was stored for too long; `isWaiting` says whether there is something to store now. */
  isStalled(isWaiting: boolean): boolean {
    if (!isWaiting) {
      this.progressed()
    } else if (!this.stalled && this.timer === null) {
      this.timer = setTimeout(() => {
        this.stalled = true
        this.timer = null
        this.onStalled()
      }, this.afterMs)
    }
    return this.stalled
  }

  private stop(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }
}
