/** What every page does, put together once however many scripts ask for it. */
import { Announcer, bindMute } from './announcer'
import { Cells } from './cells'
import { Commands } from './commands'
import { bindCopyButtons } from './copy'
import { bindFilters } from './filter'
import { Dialogs } from './dialogs'
import { Fragments } from './fragments'
import { Panels } from './panels'
import { loadPricingOnDemand } from './pricing-on-demand'

export const announcer = new Announcer({
  polite: document.getElementById('live'),
  assertive: document.getElementById('live-now'),
})
export const dialogs = new Dialogs(document)
export const fragments = new Fragments(document)
export const commands = new Commands(document, fragments, announcer, dialogs)

new Cells(document, commands)
const panels = new Panels(document, dialogs)
loadPricingOnDemand({ document, commands, fragments, panels })
bindMute(announcer, document.querySelector<HTMLInputElement>('input[data-mute]'))
bindCopyButtons(document, announcer)
bindFilters(document)
