/** Dialogs opened by `[data-opens="id"]`, and menus (`details.menu`) that close when one looks elsewhere. */

export class Dialogs {
  constructor(private readonly document: Document) {
    document.addEventListener('click', (event) => this.onClick(event))
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.closeMenus(null, true)
    })
  }

  /** Returns whether there is such a dialog. */
  open(id: string): boolean {
    const dialog = this.document.getElementById(id)
    if (!(dialog instanceof HTMLDialogElement)) return false
    if (!dialog.open) dialog.showModal()
    return true
  }

  close(id: string): void {
    const dialog = this.document.getElementById(id)
    if (dialog instanceof HTMLDialogElement && dialog.open) dialog.close()
  }

  private onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null
    const opener = target?.closest<HTMLElement>('[data-opens]')
    if (opener?.dataset.opens && this.open(opener.dataset.opens)) event.preventDefault()
    this.dismiss(target, event)
    const chosen = target?.closest('.menu a, .menu button') ?? null
    this.closeMenus(chosen ? null : (target?.closest('details.menu') ?? null), false)
  }

  /** `[data-dismiss]`: a button, or a link that leads back where there is no dialog. */
  private dismiss(target: Element | null, event: MouseEvent): void {
    const dialog = target?.closest('[data-dismiss]')?.closest('dialog')
    if (!dialog?.open) return
    const link = target?.closest('a')
    // A link to a place on this page leads there once the dialog is out of the way.
    if (!link?.hash || link.pathname !== location.pathname) event.preventDefault()
    dialog.close()
  }

  private closeMenus(except: Element | null, returnFocus: boolean): void {
    for (const menu of this.document.querySelectorAll<HTMLDetailsElement>('details.menu[open]')) {
      if (menu === except) continue
      const heldFocus = menu.contains(this.document.activeElement)
      menu.open = false
      if (returnFocus && heldFocus) menu.querySelector('summary')?.focus()
    }
  }
}
