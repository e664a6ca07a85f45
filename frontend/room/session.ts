/**
 * One document and its connection, from the first greeting until the page is left or the document has to be thrown
 * away. What is thrown away is shown for copying first, and a new session begins from the server's text.
 */
import * as Y from 'yjs'

import type { Toolbar } from '../editor/toolbar'
import type { Unlocked } from './access'
import { Agreement } from './agreement'
import { CellPresence } from './cell-presence'
import { KeptEdits } from './kept-edits'
import { RoomConnection } from './connection'
import { Presence } from './presence'
import type { RoomFacts } from './room-facts'
import { Sections } from './sections'
import { Settlement } from './settlement'
import { takeUp, type TakenUp } from './take-up'
import { unsavedWords } from './unsaved-words'
import type { SetAsideWords } from './set-aside'

export interface SessionOptions {
  facts: RoomFacts
  toolbar: Toolbar
  unlocked: Unlocked
  phone: MediaQueryList
  /** Number of the last event the page shows. */
  lastEvent: number | null
  /** Whether to bring back what I left unsaved when I closed the page before. */
  takesUp: boolean
  onUnknownContent(): void
  /** Words of mine that somebody else's change took away, and that have no place in the text any more. */
  onHomelessWords(words: SetAsideWords): void
  /** What I left unsaved when I closed the page before is in the document again, or has no place there. */
  onTakenUp(taken: TakenUp): void
}

export class RoomSession {
  readonly connection: RoomConnection
  readonly sections: Sections
  private readonly doc = new Y.Doc()
  private readonly agreement: Agreement
  private readonly settlement = new Settlement()
  private readonly cells: CellPresence
  private readonly kept: Promise<KeptEdits | null>
  private isBound = false

  constructor(private readonly options: SessionOptions) {
    const { facts } = options
    this.connection = new RoomConnection({
      socketPath: facts.socketPath,
      doc: this.doc,
      isOurRoom: (hello) => facts.isOurRoom(hello),
      lastEvent: options.lastEvent,
    })
    const { awareness } = this.connection.provider
    this.sections = new Sections({ ...options, doc: this.doc, awareness })
    this.agreement = new Agreement(document, this.settlement)
    new Presence(document.getElementById('faces'), awareness, facts.me)
    this.cells = new CellPresence(facts.element, awareness)
    this.follow()
    this.kept = KeptEdits.open(this.connection, facts.keptFor).catch(() => null)
  }

  open(): void {
    this.connection.open()
  }

  /** After fragments: sections may have come, gone or been locked. */
  pageChanged(): void {
    if (this.isBound) this.sections.reconcile()
    this.agreement.refresh()
    this.cells.show()
  }

  get unsavedWords(): SetAsideWords[] {
    return unsavedWords(this.doc, this.connection.savedCount.savedClock).map((words) => ({
      ...words,
      title: titleOf(words.fragment),
    }))
  }

  /** End it; its unsaved words have been given to the person to copy. */
  close(): void {
    void this.kept.then((kept) => kept?.close())
    this.agreement.stop()
    this.sections.closeAll()
    this.connection.destroy()
    this.doc.destroy()
  }

  private follow(): void {
    const { connection, settlement, agreement } = this
    const { element } = this.options.facts
    connection.on('ready', () => {
      if (!this.isBound && this.options.takesUp && this.options.facts.mayWrite === 'true') void this.takeUp()
      this.isBound = true
      this.sections.reconcile()
      element.dataset.synced = 'true'
    })
    connection.on('change', () => {
      if (!connection.isConnected) element.dataset.synced = 'false'
    })
    connection.on('edited', (fragments, edit) => {
      for (const fragment of fragments) {
        settlement.editedHere(fragment, edit)
        agreement.changed(fragment)
      }
    })
    connection.on('received', (fragments) => {
      // The text that is there when the page opens is the text its fingerprints were made of.
      if (!this.isBound) return
      for (const fragment of fragments) {
        settlement.changedElsewhere(fragment)
        agreement.changed(fragment)
      }
    })
    connection.on('swept', (swept) => {
      this.sections.keep(swept, ({ fragment, text }) =>
        this.options.onHomelessWords({ fragment, text, title: titleOf(fragment) }),
      )
    })
    connection.on('saved', (seq) => {
      settlement.saved(connection.savedCount.savedEdits, seq)
      this.textSeqChanged()
    })
    connection.on('head', (seq) => {
      settlement.head(seq)
      this.textSeqChanged()
    })
    connection.on('event', (event) => {
      if (event.type === 'section.settled') agreement.settled(event)
    })
  }

  private async takeUp(): Promise<void> {
    const left = await (await this.kept)?.left()
    if (!left || left.pages.length === 0) return
    this.options.onTakenUp(takeUp(this.doc, left.pages))
    await left.forget()
  }

  private textSeqChanged(): void {
    this.options.facts.element.dataset.textSeq = String(this.connection.textSeq)
    this.agreement.refresh()
  }
}

function titleOf(fragment: string): string {
  const element = document.querySelector<HTMLElement>(`[data-fragment="${CSS.escape(fragment)}"]`)
  return element?.dataset.label ?? 'A section that is gone'
}
