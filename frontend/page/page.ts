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
fragments.onApplied(loadSliders)
loadSliders()
bindMute(announcer, document.querySelector<HTMLInputElement>('input[data-mute]'))
bindCopyButtons(document, announcer)
bindFilters(document)

const followed = document.querySelector<HTMLElement>('[data-follows]')
if (followed) void import('./follow').then(({ Follower }) => new Follower(followed, fragments, announcer))

/** The what-if of a billing section needs more than typing does: it comes when there is one. */
function loadSliders(): void {
  if (document.querySelector('[data-what-if] input[type=number]')) {
    void import('../billing/what-if').then(({ bindSliders }) => bindSliders())
  }
}
