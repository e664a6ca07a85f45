/** The room page: what happens on it, what it says about itself, and what it does when the server says no. */
import { comeBack, keepFor } from '../page/guest'
import { announcer, commands, dialogs, fragments } from '../page/page'
import { Toolbar } from '../editor/toolbar'
import { Unlocked } from './access'
import { CloseCode, endingFor } from './close-codes'
import { Rejection, type Rejected, type RoomEvent } from './frames'
import { RoomNotice } from './notice'
import { Outline } from './outline'
import { RoomFacts } from './room-facts'
import { RoomSession } from './session'
import { SetAside } from './set-aside'
import { StatusLine, statusOf } from './status'
import { Storing } from './storing'
import type { TakenUp } from './take-up'

const CONFIRM_DIALOG = 'confirm-dialog'
/** A break shorter than this is not worth interrupting anybody. */
const LOST_AFTER_MS = 2000
/** The first contact may take a moment before the page calls itself offline. */
const FIRST_CONTACT_MS = 4000
/** The server is full or cannot write: the words stay here and are offered again. */
const OFFER_AGAIN_MS = 10_000

const LOCKED = 'Locked for signing'
/** After these the proposal can no longer be written; what it is then. */
const FREEZING = new Map([
  ['proposal.frozen', LOCKED],
  ['proposal.signed', 'Signed'],
  ['proposal.declined', 'Declined'],
  ['proposal.withdrawn', 'Withdrawn'],
  ['proposal.expired', 'Expired'],
  ['proposal.voided', 'Void'],
  ['proposal.signing_resumed', LOCKED],
])
/** After these it can be written again. */
const THAWING = new Set(['proposal.reopened', 'proposal.resumed'])
/** Said at once. */
const URGENT = new Set(['agreement.withdrawn', 'section.agreement_withdrawn'])

export class Room {
  private readonly facts: RoomFacts
  private readonly toolbar = new Toolbar()
  private readonly unlocked = new Unlocked()
  private readonly phone = matchMedia('(max-width: 760px)')
  private readonly status = new StatusLine(document.getElementById('status'))
  private readonly notice: RoomNotice
  private readonly setAside: SetAside
  private readonly storing = new Storing(() => this.showStatus())
  private session: RoomSession
  private refusal: string | null = null
  private hadContact = false
  private lostTimer: ReturnType<typeof setTimeout> | null = null
  private saidLost = false
  private hasAskedByClick = false
  private endedAs: string | null = null

  constructor(element: HTMLElement) {
    this.facts = new RoomFacts(element)
    this.notice = new RoomNotice(panel('room-notice'))
    this.setAside = new SetAside(panel('set-aside'))
    const nav = document.querySelector<HTMLElement>('.outline')
    const outline = nav ? new Outline(nav) : null
    this.session = this.newSession(this.facts.lastEvent, true)
    fragments.onApplied(() => {
      this.session.pageChanged()
      outline?.show()
    })
    commands.isOutdated = (seq) => this.session.connection.hasEvent(seq)
    commands.onChange(() => this.showStatus())
    this.listen(element)
    this.session.open()
    void this.keepCommands()
    if (this.facts.mayWrite === 'true') comeBack()
    setTimeout(() => this.contactDue(), FIRST_CONTACT_MS)
  }

  private newSession(lastEvent: number | null, takesUp = false): RoomSession {
    const session = new RoomSession({
      facts: this.facts,
      toolbar: this.toolbar,
      unlocked: this.unlocked,
      phone: this.phone,
      lastEvent,
      takesUp,
      onUnknownContent: () => this.ended(CloseCode.epochChanged),
      onTakenUp: (taken) => this.tookUp(taken),
      onHomelessWords: (words) => this.setAside.show([words], 'The text around your words was replaced by somebody else'),
    })
    session.connection.on('change', () => this.contactChanged())
    session.connection.on('saved', () => {
      this.storing.progressed()
      if (session.connection.savedCount.unsavedEdits === 0) this.refusal = null
    })
    session.connection.on('rejected', (rejected) => this.rejected(rejected))
    session.connection.on('event', (event) => this.happened(event))
    session.connection.on('ended', (code) => this.ended(code))
    return session
  }

  private listen(element: HTMLElement): void {
    element.addEventListener('click', (event) => {
      const target = event.target instanceof Element ? event.target : null
      const unlock = target?.closest<HTMLElement>('[data-unlock]')
      if (unlock?.dataset.unlock) this.unlock(unlock.dataset.unlock)
      else this.clicked(event)
    })
    element.addEventListener('keydown', (event) => {
      const writes = (event.key.length === 1 && !event.ctrlKey && !event.metaKey) || isEditingKey(event.key)
      if (writes) this.triedToWrite(event)
    })
    element.addEventListener('paste', (event) => this.triedToWrite(event))
    this.phone.addEventListener('change', () => this.session.pageChanged())
    window.addEventListener('beforeunload', (event) => {
      if (this.session.connection.savedCount.unsavedEdits > 0) event.preventDefault()
    })
  }

  private unlock(section: string): void {
    this.session.sections.unlock(section)
    if (this.facts.mayWrite !== 'confirm') return
    dialogs.open(CONFIRM_DIALOG)
    keepFor(document.getElementById(`section-${section}`))
  }

  /** A guest may select and copy; a plain click into the text is taken as wanting to write, once. */
  private clicked(event: MouseEvent): void {
    const hasSelection = document.getSelection()?.isCollapsed === false
    if (this.hasAskedByClick || hasSelection || isLink(event.target)) return
    if (this.triedToWrite(event)) this.hasAskedByClick = true
  }

  /** Nothing is accepted before the guest has confirmed who they are, so nothing can be lost. */
  private triedToWrite(event: Event): boolean {
    if (this.session.sections.accessAt(event.target) !== 'confirm') return false
    const opened = dialogs.open(CONFIRM_DIALOG)
    if (opened && event.target instanceof Element) keepFor(event.target)
    if (opened && event.type !== 'click') event.preventDefault()
    return opened
  }

  private happened(event: RoomEvent): void {
    fragments.apply(event.fragments)
    const frozenAs = FREEZING.get(event.type)
    if (frozenAs !== undefined) this.setFrozen(frozenAs)
    else if (THAWING.has(event.type)) this.setFrozen(null)
    else if (event.type === 'proposal.shared') {
      this.notice.show('The proposal is shared now. Reload to write in the common room.', 'Reload', 'info')
    }
    else if (event.type === 'participant.changed') void this.lookWhatIMay()
    if (!event.announce || this.isMine(event)) return
    if (URGENT.has(event.type)) announcer.now(event.announce)
    else announcer.say(event.announce)
  }

  /** The answer to my own command has told me already. */
  private isMine({ actor }: RoomEvent): boolean {
    const id = typeof actor === 'object' ? actor?.id : actor
    return id !== undefined && id !== null && id === this.facts.me.id
  }

  /** What was written before the page was closed is on its way, or shown where it can't go. */
  private tookUp({ isBack, homeless }: TakenUp): void {
    if (isBack) announcer.say('What you wrote before this page was closed is back, and is being saved.')
    const words = homeless.map((text) => ({ fragment: '', text, title: 'Written before this page was closed' }))
    this.setAside.show(words, 'The text is not the one you wrote this in')
  }

  /** Price changes that wait for the connection outlive a reload, where the browser keeps anything. */
  private async keepCommands(): Promise<void> {
    if (this.facts.mayWrite === 'confirm') return
    const loaded = await import('./kept-commands').catch(() => null)
    if (!loaded) {
      // The connection went while the page was loading.
      window.addEventListener('online', () => void this.keepCommands(), { once: true })
      return
    }
    const count = await loaded.keepCommands(commands, this.facts, ({ title, words }, reason) =>
      this.setAside.show([{ fragment: '', title, text: words }], reason),
    )
    if (count > 0) announcer.say('What you changed before this page was closed is being sent.')
  }

  /** Somebody's role is another one: mine, if the page would be another one by now. */
  private async lookWhatIMay(): Promise<void> {
    const { mayWriteNow } = await import('./my-role')
    const now = await mayWriteNow()
    if (now === null || now === this.facts.mayWrite || this.endedAs !== null) return
    const words = now === 'true' ? 'You may write in this proposal now.' : 'You may only read this proposal from now on.'
    // What I may not do is closed at once; what I may is opened by the page that shows it.
    if (now === 'false') this.facts.element.dataset.mayWrite = now
    this.session.pageChanged()
    this.notice.show(`${words} Reload to see it as it is for you.`, 'Reload', 'info')
    this.showStatus()
  }

  private setFrozen(frozenAs: string | null): void {
    this.facts.frozenAs = frozenAs
    this.session.pageChanged()
    this.showStatus()
  }

  private rejected({ code, reason }: Rejected): void {
    // The server asks for what it lacks; our answer brings it.
    if (code === Rejection.gap) return
    const words = this.session.unsavedWords
    if (code === Rejection.quota) {
      this.refusal = reason
      this.session.connection.reopenAfter(OFFER_AGAIN_MS)
    } else if (code === Rejection.readOnly && this.facts.mayWrite !== 'true') {
      dialogs.open(CONFIRM_DIALOG)
    } else if (code === Rejection.readOnly) void this.lookWhatIMay()
    if (code === Rejection.frozen) this.facts.frozenAs ??= LOCKED
    announcer.now(`Not saved: ${reason}`)
    this.setAside.show(words, reason)
    if (code !== Rejection.quota) this.beginAnew()
    this.showStatus()
  }

  /** The document differs from the room for good: throw it away and take the room's. */
  private beginAnew(): void {
    const { lastEvent } = this.session.connection
    this.session.close()
    this.session = this.newSession(lastEvent)
    this.session.open()
  }

  private ended(code: number): void {
    const { words, status, action } = endingFor(code)
    this.endedAs = status
    this.forgetLoss()
    this.setAside.show(this.session.unsavedWords, '')
    if (code === CloseCode.frozen) this.setFrozen(this.facts.frozenAs ?? LOCKED)
    else this.refusal = null
    this.facts.element.dataset.mayWrite = 'false'
    this.session.pageChanged()
    this.notice.show(words, action)
    this.showStatus()
  }

  /** What ends for good is no lost connection: nothing is kept here to be saved later. */
  private forgetLoss(): void {
    if (this.lostTimer !== null) clearTimeout(this.lostTimer)
    this.lostTimer = null
  }

  private contactChanged(): void {
    const { isConnected } = this.session.connection
    if (isConnected) this.hadContact = true
    if (isConnected && this.lostTimer !== null) {
      this.forgetLoss()
      if (this.saidLost) announcer.say('Connected again.')
      this.saidLost = false
    } else if (!isConnected && this.hadContact && this.lostTimer === null && this.endedAs === null) {
      this.lostTimer = setTimeout(() => {
        this.saidLost = true
        announcer.now('Connection lost. You can go on writing; it is kept here and saved when the connection is back.')
      }, LOST_AFTER_MS)
    }
    if (isConnected) commands.queue.retryNow()
    this.showStatus()
  }

  private contactDue(): void {
    this.hadContact = true
    this.showStatus()
  }

  private showStatus(): void {
    // Until the first contact is made or overdue, what the server wrote there stands.
    if (!this.hadContact) return
    const { connection } = this.session
    this.status.show(
      statusOf({
        connected: connection.isConnected,
        unsavedEdits: connection.savedCount.unsavedEdits,
        isStalled: this.storing.isStalled(connection.savedCount.unsavedEdits > 0 && connection.isConnected),
        waitingCommands: commands.queue.length,
        ended: this.endedAs,
        frozen: this.facts.frozenAs,
        mayWrite: this.facts.mayWrite === 'true',
        refusal: this.refusal,
      }),
    )
  }
}

/** The server renders these panels; a page without them gets them. */
function panel(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found) return found
  const made = document.createElement('section')
  made.id = id
  made.hidden = true
  document.body.append(made)
  return made
}

function isEditingKey(key: string): boolean {
  return key === 'Enter' || key === 'Backspace' || key === 'Delete'
}

function isLink(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('a') !== null
}
