/**
 * A section that both have agreed to is read until "Change this" is pressed: its cells, ticks and radio buttons too.
 * What leads to a form for changing it (`.gated`) is hidden by the stylesheet meanwhile.
 */
const CONTROLS = '.cell, [data-autosubmit]'

export class Gate {
  constructor(private readonly document: Document) {
    const attributes = { attributes: true, attributeFilter: ['data-locked', 'data-unlocked'], subtree: true }
    new MutationObserver(() => this.apply()).observe(document.body, attributes)
    this.apply()
  }

  apply(): void {
    for (const section of this.document.querySelectorAll<HTMLElement>('.sec[data-section]')) {
      const { locked, unlocked } = section.dataset
      const isShut = locked === 'true' && unlocked !== 'true'
      for (const control of section.querySelectorAll<HTMLInputElement>(CONTROLS)) {
        if (control.matches('.cell')) control.readOnly = isShut
        else control.disabled = isShut
      }
    }
  }
}
