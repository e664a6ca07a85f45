/** Prices on the page: the grid's keys, choices in refusals, a block pasted, what is not up to date. */
import type { Problem } from '../page/command-request'
import type { PageParts } from '../page/pricing-on-demand'
import { offerChoices } from './choices'
import { Grid } from './grid'
import { BlockPaste } from './block-paste'
import { Gate } from './gate'
import { LedgerLive } from './ledger-live'
import { Outdated } from './outdated'

export class Pricing {
  private readonly grid: Grid
  private readonly outdated: Outdated

  constructor({ document, fragments, panels }: PageParts) {
    this.grid = new Grid(document)
    this.outdated = new Outdated(document)
    new BlockPaste(document, panels)
    new LedgerLive(document, fragments)
    const gate = new Gate(document)
    fragments.onApplied(() => {
      this.outdated.show()
      gate.apply()
    })
    document.addEventListener('click', (event) => empty(document, event.target))
  }

  refused(form: HTMLFormElement, problem: Problem): void {
    if (problem.choices) offerChoices(form, problem.choices)
    this.grid.refused(form)
    this.outdated.show()
  }
}

/** `[data-empties]` is the close button of a message that the server wrote into a place of its own. */
function empty(document: Document, target: EventTarget | null): void {
  const button = target instanceof Element ? target.closest<HTMLElement>('[data-empties]') : null
  if (button?.dataset.empties) document.getElementById(button.dataset.empties)?.replaceChildren()
}
