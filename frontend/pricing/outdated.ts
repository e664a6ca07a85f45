/**
 * While a cell holds a value that was refused, the totals are those of before: greyed by the stylesheet, and named
 * here under the table, with the line that keeps them from being up to date.
 */
export class Outdated {
  constructor(private readonly document: Document) {
    const attributes = { attributes: true, attributeFilter: ['aria-invalid'], subtree: true }
    new MutationObserver(() => this.show()).observe(document.body, attributes)
  }

  show(): void {
    for (const prices of this.document.querySelectorAll<HTMLElement>('.prices')) {
      const refused = [...prices.querySelectorAll<HTMLInputElement>('.cell[aria-invalid="true"]')]
      const words = refused.length > 0 ? `Not up to date: ${refused.map(wordsFor).join('; ')}.` : ''
      prices.toggleAttribute('data-outdated', words !== '')
      const shown = prices.querySelector<HTMLElement>('.outdated')
      if (shown?.textContent === words || (!shown && !words)) continue
      if (!words) shown?.remove()
      else (shown ?? added(prices)).textContent = words
    }
  }
}

function wordsFor(cell: HTMLInputElement): string {
  const row = cell.closest('tr')
  const rows = row?.parentElement?.querySelectorAll('tr[id^="line-"]') ?? []
  const number = [...rows].indexOf(row as Element) + 1
  return `line ${number}, ${cell.getAttribute('aria-label') ?? ''}, “${cell.value}” was not taken`
}

function added(prices: HTMLElement): HTMLElement {
  const words = document.createElement('p')
  words.className = 'outdated'
  words.setAttribute('data-said', '')
  prices.querySelector('table')?.after(words)
  return words
}
