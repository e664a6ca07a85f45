/** The list of price changes, while it is open in the panel, follows what happens in the room. */
import type { Fragments } from '../page/fragments'

export class LedgerLive {
  private isFetching = false
  private isOutdated = false

  constructor(
    private readonly document: Document,
    private readonly fragments: Fragments,
  ) {
    fragments.onApplied(() => void this.refresh())
  }

  private async refresh(): Promise<void> {
    const ledger = this.document.querySelector<HTMLElement>('#panel #price-ledger[data-newest]')
    if (!ledger?.dataset.newest) return
    if (this.isFetching) {
      this.isOutdated = true
      return
    }
    this.isFetching = true
    let html: string | null
    do {
      this.isOutdated = false
      html = await newest(ledger.dataset.newest)
    } while (this.isOutdated)
    // Applying comes back here, and is not to fetch once more.
    if (html) this.fragments.apply([{ id: ledger.id, html }])
    this.isFetching = false
  }
}

async function newest(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { headers: { 'X-Panel': '1', Accept: 'text/html' }, credentials: 'same-origin' })
    if (!response.ok || response.redirected) return null
    const parsed = new DOMParser().parseFromString(await response.text(), 'text/html')
    return parsed.getElementById('price-ledger')?.outerHTML ?? null
  } catch {
    return null
  }
}
