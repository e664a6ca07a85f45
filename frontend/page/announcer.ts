/**
 * Tells screen readers what happened, in sentences: outcomes politely and in batches, so that a busy co-writer does
 * not talk over the page; loss of the connection and the like at once. Never what somebody types.
 */

export const BATCH_MS = 3000
const MUTE_KEY = 'sameside.mute'

export interface LiveRegions {
  polite: HTMLElement | null
  assertive: HTMLElement | null
}

export class Announcer {
  private readonly waiting: string[] = []
  private timer: ReturnType<typeof setTimeout> | null = null
  muted = false

  constructor(private readonly regions: LiveRegions) {}

  /** Say this with the next batch, unless muted. The same sentence is said once per batch. */
  say(sentence: string | null | undefined): void {
    const text = sentence?.trim()
    if (!text || this.muted || this.waiting.includes(text)) return
    this.waiting.push(text)
    this.timer ??= setTimeout(() => this.flush(), BATCH_MS)
  }

  /** Say this at once, muted or not: connection lost, agreement withdrawn. */
  now(sentence: string): void {
    write(this.regions.assertive, sentence)
  }

  private flush(): void {
    this.timer = null
    write(this.regions.polite, this.waiting.splice(0).join(' '))
  }
}

/** A region that already holds the same words would stay silent; a trailing no-break space makes them new. */
function write(region: HTMLElement | null, text: string): void {
  if (region) region.textContent = region.textContent === text ? `${text}\u00a0` : text
}

/** Connects the checkbox `[data-mute]` and remembers it in this browser. */
export function bindMute(announcer: Announcer, checkbox: HTMLInputElement | null): void {
  if (!checkbox) return
  announcer.muted = checkbox.checked = localStorage.getItem(MUTE_KEY) === 'true'
  checkbox.addEventListener('change', () => {
    announcer.muted = checkbox.checked
    localStorage.setItem(MUTE_KEY, String(checkbox.checked))
  })
}
