/**
 * Panels: forms that the server renders at an address of their own, shown here in the one dialog `#panel`.
 * Without script, or when the panel can't be fetched, the link leads to the same form as a page.
 */
import type { Dialogs } from './dialogs'

export const PANEL_ID = 'panel'

export class Panels {
  private opener: HTMLElement | null = null

  constructor(
    private readonly document: Document,
    private readonly dialogs: Dialogs,
  ) {
    document.addEventListener('click', (event) => this.onClick(event))
    this.dialog?.addEventListener('close', () => this.returnFocus())
  }

  private get dialog(): HTMLDialogElement | null {
    const found = this.document.getElementById(PANEL_ID)
    return found instanceof HTMLDialogElement ? found : null
  }

  private onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null
    const link = target?.closest<HTMLAnchorElement>('a[data-panel]')
    if (!link || !this.dialog || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    void this.show(link)
  }

  /** Show the panel a link leads to; gives the dialog, or nothing if the page itself is opened instead. */
  async show(link: HTMLAnchorElement): Promise<HTMLDialogElement | null> {
    const html = await fetchPanel(link.href)
    const dialog = this.dialog
    if (html === null || !dialog) {
      location.assign(link.href)
      return null
    }
    const withinPanel = dialog.contains(link)
    if (!withinPanel) this.opener = link.closest<HTMLElement>('details.menu')?.querySelector('summary') ?? link
    dialog.innerHTML = html
    dialog.setAttribute('aria-label', dialog.querySelector('h2')?.textContent ?? 'Details')
    this.dialogs.open(PANEL_ID)
    dialog.scrollTop = 0
    const first = dialog.querySelector<HTMLElement>('input:not([type=hidden]), select, textarea, button')
    if (first) first.focus({ preventScroll: true })
    else if (withinPanel) dialog.querySelector<HTMLElement>('summary, a')?.focus({ preventScroll: true })
    return dialog
  }

  private returnFocus(): void {
    const opener = this.opener
    this.opener = null
    if (opener?.isConnected) opener.focus()
    else if (opener?.id) this.document.getElementById(opener.id)?.focus()
    this.dialog?.replaceChildren()
  }
}

/** The panel's HTML, or null when the page itself should be opened instead (not allowed, signed out, offline). */
async function fetchPanel(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { headers: { 'X-Panel': '1', Accept: 'text/html' }, credentials: 'same-origin' })
    return response.ok && !response.redirected ? await response.text() : null
  } catch {
    return null
  }
}
