/**
 * Edits that are not saved yet, kept in this browser so that they outlive a reload, a crash or a closed tab.
 *
 * What is kept are the updates themselves, under the person who made them: Yjs client ids belong to people, so the
 * server takes them when the same person comes back, however often they are sent. Nothing that is saved stays here.
 * Part of the room's script: what is loaded on demand can't be loaded once the connection is gone.
 */
import * as idb from 'lib0/indexeddb'
import type { RoomConnection } from './connection'

const DATABASE = 'sameside'
const STORE = 'edits'
/** An edit that is saved sooner is not written down: on a good connection nothing ever is. */
const SETTLE_MS = 250
/** Nobody came back for them. */
const FORGET_AFTER_MS = 60 * 24 * 60 * 60 * 1000

/** Whose edits, and of which text. */
export interface KeptFor {
  room: string
  epoch: number
  schema: number
  user: string
}

interface KeptEdit extends KeptFor {
  /** Of the page that made it. */
  tab: string
  /** Its number on that page, from 1. */
  edit: number
  at: number
  update: Uint8Array
}

/** What one page of before left unsaved, oldest first. */
export interface Left {
  /** Whether it was written in the text that this page shows. */
  isOfThisText: boolean
  updates: Uint8Array[]
}

export class KeptEdits {
  private readonly tab = crypto.getRandomValues(new Uint32Array(2)).join('-')
  private readonly listening = new AbortController()
  private writtenUpTo = 0
  private timer: ReturnType<typeof setTimeout> | null = null
  private queue: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly db: IDBDatabase,
    private readonly connection: RoomConnection,
    private readonly keptFor: KeptFor,
  ) {
    const { signal } = this.listening
    window.addEventListener('pagehide', () => this.write(), { signal })
    document.addEventListener('visibilitychange', () => document.hidden && this.write(), { signal })
    connection.on('change', this.changed)
    this.changed()
  }

  /** Rejects where the browser keeps nothing, as in some private windows. */
  static async open(connection: RoomConnection, keptFor: KeptFor): Promise<KeptEdits> {
    const db = await idb.openDB(DATABASE, (made) =>
      idb.createStores(made, [[STORE, { keyPath: ['tab', 'edit'] } as unknown as string]]),
    )
    db.onversionchange = () => db.close()
    return new KeptEdits(db, connection, keptFor)
  }

  /** What this person left unsaved in this room, page by page. `forget` it once it stands somewhere else. */
  async left(): Promise<{ pages: Left[]; forget: () => Promise<void> }> {
    const all = (await idb.getAll(this.store('readonly'))) as KeptEdit[]
    const { room, user, epoch, schema } = this.keptFor
    const mine = all.filter((kept) => kept.room === room && kept.user === user && kept.tab !== this.tab)
    const pages = [...new Set(mine.map((kept) => kept.tab))].map((tab) => {
      const kept = mine.filter((each) => each.tab === tab)
      const isOfThisText = kept.every((each) => each.epoch === epoch && each.schema === schema)
      return { isOfThisText, updates: kept.map((each) => each.update) }
    })
    const forget = async () => {
      await this.write()
      const old = all.filter((kept) => Date.now() - kept.at > FORGET_AFTER_MS)
      for (const { tab, edit } of [...mine, ...old]) await idb.rtop(this.store().delete([tab, edit]))
    }
    return { pages, forget }
  }

  /** Stop, and forget what this page kept: it has been given to the person in another way. */
  async close(): Promise<void> {
    this.listening.abort()
    this.connection.off('change', this.changed)
    if (this.timer !== null) clearTimeout(this.timer)
    await this.forget(Number.MAX_SAFE_INTEGER)
    this.db.close()
  }

  private readonly changed = (): void => {
    const { savedCount, unsaved, isConnected } = this.connection
    if (this.writtenUpTo > 0) void this.forget(savedCount.savedEdits)
    if (unsaved.length === 0 || this.timer !== null) return
    this.timer = setTimeout(() => void this.write(), isConnected ? SETTLE_MS : 0)
  }

  /** Write down what is not saved and not written yet. */
  private write(): Promise<unknown> {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    const fresh = this.connection.unsaved.filter(({ edit }) => edit > this.writtenUpTo)
    const last = fresh.at(-1)
    if (!last) return this.queue
    this.writtenUpTo = last.edit
    const store = this.store()
    const at = Date.now()
    const kept = fresh.map(({ edit, update }): KeptEdit => ({ ...this.keptFor, tab: this.tab, edit, at, update }))
    return this.after(Promise.all(kept.map((each) => idb.rtop(store.put(each)))))
  }

  private forget(upTo: number): Promise<unknown> {
    if (upTo >= this.writtenUpTo) this.writtenUpTo = 0
    return this.after(idb.del(this.store(), IDBKeyRange.bound([this.tab, 0], [this.tab, upTo])))
  }

  /** A browser that is out of space keeps nothing; the page goes on as without this. */
  private after(work: Promise<unknown>): Promise<unknown> {
    this.queue = Promise.allSettled([this.queue, work])
    return this.queue
  }

  private store(access: 'readonly' | 'readwrite' = 'readwrite'): IDBObjectStore {
    const [store] = idb.transact(this.db, [STORE], access) as [IDBObjectStore]
    return store
  }
}
