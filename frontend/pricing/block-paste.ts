/**
 * Cells copied from a spreadsheet and pasted into a price table: they are shown as lines first, in the panel for
 * pasting, and added after one confirmation.
 */
import type { Panels } from '../page/panels'

export class BlockPaste {
  constructor(
    document: Document,
    private readonly panels: Panels,
  ) {
    document.addEventListener('paste', (event) => this.onPaste(event))
  }

  private onPaste(event: ClipboardEvent): void {
    const at = event.target instanceof Element ? event.target : null
    const link = at?.closest('.prices')?.querySelector<HTMLAnchorElement>('a[data-paste]')
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (!link || !isBlock(text)) return
    event.preventDefault()
    void this.show(link, text)
  }

  private async show(link: HTMLAnchorElement, text: string): Promise<void> {
    const panel = await this.panels.show(link)
    const area = panel?.querySelector<HTMLTextAreaElement>('textarea[name="cells"]')
    if (!area?.form) return
    area.value = text
    area.form.requestSubmit()
  }
}

/** Several cells, as spreadsheets copy them: a tab between two, or a line break that is not at the end. */
export function isBlock(text: string): boolean {
  return /\t|\n(?!$)/.test(text.replaceAll('\r\n', '\n'))
}
