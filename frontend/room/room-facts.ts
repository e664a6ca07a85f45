/** What the server wrote on `#room` about the room and about me. */
import type { Person } from '../editor/carets'
import { SCHEMA_VERSION } from '../editor/schema'
import type { Hello } from './frames'
import type { KeptFor } from './kept-edits'

/** `confirm`: a guest of a mailed link, who is asked for the code at the first write. */
export type MayWrite = 'true' | 'false' | 'confirm'

export class RoomFacts {
  constructor(readonly element: HTMLElement) {}

  get socketPath(): string {
    return this.element.dataset.socket ?? ''
  }

  get me(): Person {
    const { user = '', name = '', initials = '', side = '' } = this.element.dataset
    return { id: user, name, initials, side }
  }

  get mayWrite(): MayWrite {
    const value = this.element.dataset.mayWrite
    return value === 'true' || value === 'confirm' ? value : 'false'
  }

  get isFrozen(): boolean {
    return this.element.dataset.frozen === 'true'
  }

  /** Why nothing can be written any more, in words; null while it can. */
  get frozenAs(): string | null {
    return this.isFrozen ? (this.element.dataset.frozenAs ?? 'Locked for signing') : null
  }

  set frozenAs(words: string | null) {
    this.element.dataset.frozen = String(words !== null)
    if (words === null) delete this.element.dataset.frozenAs
    else this.element.dataset.frozenAs = words
  }

  /** Number of the last event the page shows, or null when it does not say. */
  get lastEvent(): number | null {
    const value = Number(this.element.dataset.event ?? Number.NaN)
    return Number.isInteger(value) ? value : null
  }

  /** Under whom and for which text unsaved edits are kept. */
  get keptFor(): KeptFor {
    const { proposal = '', epoch, user = '' } = this.element.dataset
    return { room: proposal, epoch: Number(epoch), schema: SCHEMA_VERSION, user }
  }

  /** The page, its script and the room must be of one schema; the page and the room of one epoch. */
  isOurRoom(hello: Hello): boolean {
    const { epoch, schema } = this.element.dataset
    return hello.schema === SCHEMA_VERSION && Number(schema) === SCHEMA_VERSION && hello.epoch === Number(epoch)
  }
}
