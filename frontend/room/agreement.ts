/**
 * Buttons that agree to what is on the screen. Each form carries the fingerprint the server gave for its part; the
 * button opens once the text shown is the text that fingerprint stands for, durable, with nothing of mine under way.
 *
 * One part: `form[data-agree][data-part]` with hidden `fingerprint` and `text_seq`. All parts:
 * `form[data-agree-all]` with a hidden `fingerprint:<part>` each and one `text_seq`.
 */
import type { RoomEvent } from './frames'
import type { Settlement } from './settlement'

/** A fingerprint told while this page was away does not come again: stop waiting, the server still checks. */
const WAIVE_AFTER_MS = 5000
const WHY_UNSAVED = 'Opens when your last words here are saved.'
const WHY_UNSETTLED = 'Opens when this text has been still for a moment.'

export class Agreement {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(
    private readonly root: ParentNode,
    private readonly settlement: Settlement,
  ) {}

  /** A section's text changed, here or elsewhere. */
  changed(section: string): void {
    clearTimeout(this.timers.get(section))
    this.timers.set(
      section,
      setTimeout(() => {
        this.settlement.waive(section)
        this.refresh()
      }, WAIVE_AFTER_MS),
    )
    this.refresh()
  }

  /** The server told the fingerprint of a section that has been quiet. */
  settled({ section, fingerprint, text_seq: textSeq }: RoomEvent): void {
    if (section === undefined || fingerprint === undefined || textSeq === undefined) return
    const part = partOf(section)
    for (const form of this.root.querySelectorAll<HTMLFormElement>('form[data-agree][data-part]')) {
      if (form.dataset.part !== part) continue
      setHidden(form, 'fingerprint', fingerprint)
      setHidden(form, 'text_seq', String(textSeq))
    }
    for (const form of this.root.querySelectorAll<HTMLFormElement>('form[data-agree-all]')) {
      setHidden(form, `fingerprint:${part}`, fingerprint)
      setHidden(form, 'text_seq', String(textSeq))
    }
    this.settlement.settled(part, textSeq)
    this.refresh()
  }

  /** Open and close the buttons. */
  refresh(): void {
    for (const form of this.root.querySelectorAll<HTMLFormElement>('form[data-agree][data-part]')) {
      this.setWaiting(form, this.reasonToWait([form.dataset.part ?? '']))
    }
    for (const form of this.root.querySelectorAll<HTMLFormElement>('form[data-agree-all]')) {
      this.setWaiting(form, this.reasonToWait(partsOf(form)))
    }
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer)
  }

  private reasonToWait(parts: readonly string[]): string | null {
    if (parts.some((part) => this.settlement.hasUnsaved(part))) return WHY_UNSAVED
    return parts.every((part) => this.settlement.isSettled(part)) ? null : WHY_UNSETTLED
  }

  /** Only what was closed here is opened here; a button the server closed has reasons of its own. */
  private setWaiting(form: HTMLFormElement, reason: string | null): void {
    const button = form.querySelector<HTMLButtonElement>('button:not([type="button"])')
    if (!button) return
    const isOurs = button.hasAttribute('data-waits')
    const why = form.querySelector<HTMLElement>('.why')
    if (reason !== null && (isOurs || button.getAttribute('aria-disabled') !== 'true')) {
      button.setAttribute('data-waits', '')
      button.setAttribute('aria-disabled', 'true')
      button.classList.add('wait')
      button.title = reason
      if (why && why.textContent !== reason) why.textContent = reason
    } else if (reason === null && isOurs) {
      button.removeAttribute('data-waits')
      button.removeAttribute('aria-disabled')
      button.removeAttribute('title')
      button.classList.remove('wait')
      if (why) why.textContent = ''
    }
  }
}

/** Events name a section by its id, parts and fragments by `section:<id>`; the whole is the part `terms`. */
export function partOf(section: string): string {
  return section === 'terms' || section.startsWith('section:') ? section : `section:${section}`
}

function partsOf(form: HTMLFormElement): string[] {
  return [...form.querySelectorAll<HTMLInputElement>('input[name^="fingerprint:"]')].map((input) =>
    input.name.slice('fingerprint:'.length),
  )
}

function setHidden(form: HTMLFormElement, name: string, value: string): void {
  const input = form.querySelector<HTMLInputElement>(`input[name="${CSS.escape(name)}"]`)
  if (input) input.value = value
}
