/** What only prices need is loaded where there are prices: the text of the room does without. */
import type { Commands } from './commands'
import type { Fragments } from './fragments'
import type { Panels } from './panels'

export interface PageParts {
  document: Document
  commands: Commands
  fragments: Fragments
  panels: Panels
}

export function loadPricingOnDemand(parts: PageParts): void {
  let loaded: Promise<{ refused: Commands['onRefused'] }> | null = null
  const load = () => (loaded ??= import('../pricing/pricing').then(({ Pricing }) => new Pricing(parts)))
  const loadIfNeeded = () => {
    if (parts.document.querySelector('table.price, input.cell')) void load()
  }
  parts.commands.onRefused = (form, problem) => {
    if (loaded || problem.choices) void load().then((pricing) => pricing.refused(form, problem))
  }
  loadIfNeeded()
  parts.fragments.onApplied(loadIfNeeded)
}
