/**
 * The room's connection: greets, counts what is durable, resumes after a break, and says when it is over.
 *
 * On every socket the server's hello comes first. Until it has shown that this is the room the page was made for,
 * with the text's schema this script knows, nothing of ours is sent; then the answer to the server's step 1 goes
 * before any single update, because the update may build on edits the server has not seen.
 */
import { ObservableV2 } from 'lib0/observable'
import type * as Y from 'yjs'

import { delayMs, ROOM_BACKOFF } from '../page/backoff'
import { CloseCode } from './close-codes'
import {
  countedKind,
  encodeResume,
  FrameType,
  readHead,
  readJson,
  readRejected,
  readSaved,
  type Bye,
  type Hello,
  type Rejected,
  type RoomEvent,
} from './frames'
import { RoomProvider } from './provider'
import { SavedCount } from './saved-count'
import { deletedByName, sweptAway, type Swept } from './swept-away'

/** When the browser says it is offline, look again now and then in case it forgets to say it is back. */
const OFFLINE_CHECK_MS = 10_000

export interface ConnectionOptions {
  socketPath: string
  doc: Y.Doc
  /** Whether the hello is that of the room this page shows. */
  isOurRoom(hello: Hello): boolean
  /** Number of the last event the page shows, or null when it does not know. */
  lastEvent: number | null
}

export interface UnsavedEdit {
  edit: number
  update: Uint8Array
}

type Events = {
  /** In step with the room: the hello was ours and the server's text has arrived. */
  ready: () => void
  /** Contact, or what is unsaved, changed. */
  change: () => void
  /** I changed these fragments; `edit` is the edit's number in `savedCount`. */
  edited: (fragments: string[], edit: number) => void
  /** A change to these fragments arrived. */
  received: (fragments: string[]) => void
  /** A change is about to show that takes letters of mine away which its author had not seen. */
  swept: (swept: Swept[]) => void
  saved: (seq: number) => void
  rejected: (rejected: Rejected) => void
  head: (seq: number) => void
  event: (event: RoomEvent) => void
  /** It is over; the code says why. */
  ended: (code: number) => void
}

export class RoomConnection extends ObservableV2<Events> {
  readonly provider: RoomProvider
  readonly savedCount = new SavedCount()
  /** My updates that are not durable yet, oldest first, with the numbers of their edits. */
  readonly unsaved: UnsavedEdit[] = []
  textSeq = 0
  private eventSeq: number | null
  private isGreeted = false
  private hasAnsweredStep1 = false
  private held: Uint8Array[] = []
  /** What the update that is being applied deletes by name; null while nothing of mine can be swept away. */
  private named: ReturnType<typeof deletedByName> | null = null
  private isReady = false
  private isOver = false
  private isOffline = false
  private attempt = 0
  private retryAfterMs = 0
  private timer: ReturnType<typeof setTimeout> | null = null
  private readonly offlineCheck: ReturnType<typeof setInterval>
  private readonly listening = new AbortController()

  constructor(private readonly options: ConnectionOptions) {
    super()
    this.eventSeq = options.lastEvent
    // Before the provider listens: an edit must have its number when the frame that carries it is counted.
    options.doc.on('update', (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      const fragments = touchedFragments(transaction)
      if (origin === this.provider) {
        this.emit('received', [fragments])
      } else {
        const edit = this.savedCount.editMade()
        this.unsaved.push({ edit, update })
        this.emit('edited', [fragments, edit])
        this.emit('change', [])
      }
    })
    this.provider = new RoomProvider(
      options.socketPath,
      options.doc,
      (frame) => this.admit(frame),
      (update) => this.arriving(update),
    )
    options.doc.on('beforeObserverCalls', (transaction) => this.changing(transaction))
    this.readFrames()
    this.followSocket()
    this.followBrowser()
    this.offlineCheck = setInterval(() => {
      if (this.isOffline && navigator.onLine) this.comeBack()
    }, OFFLINE_CHECK_MS)
  }

  /** In contact with the room and in step with it. */
  get isConnected(): boolean {
    return this.isReady
  }

  /** Number of the last event the page shows, or null before the first greeting. */
  get lastEvent(): number | null {
    return this.eventSeq
  }

  /** Whether the page already shows event `seq`. */
  hasEvent(seq: number): boolean {
    return this.eventSeq !== null && seq <= this.eventSeq
  }

  open(): void {
    this.provider.connect()
  }

  /** Close the socket and try again after so many milliseconds. */
  reopenAfter(milliseconds: number): void {
    this.retryAfterMs = milliseconds
    this.provider.disconnect()
  }

  override destroy(): void {
    this.isOver = true
    if (this.timer !== null) clearTimeout(this.timer)
    clearInterval(this.offlineCheck)
    this.listening.abort()
    this.provider.destroy()
    super.destroy()
  }

  private readFrames(): void {
    const { provider } = this
    provider.handle(FrameType.hello, (decoder) => this.greeted(readJson<Hello>(decoder)))
    provider.handle(FrameType.saved, (decoder) => {
      const { count, seq } = readSaved(decoder)
      this.savedCount.framesSettled(count)
      const left = this.unsaved.findIndex(({ edit }) => edit > this.savedCount.savedEdits)
      this.unsaved.splice(0, left < 0 ? this.unsaved.length : left)
      this.textSeq = Math.max(this.textSeq, seq)
      this.emit('saved', [seq])
      this.emit('change', [])
    })
    provider.handle(FrameType.rejected, (decoder) => {
      const rejected = readRejected(decoder)
      this.savedCount.frameRefused(rejected.frame)
      this.emit('rejected', [rejected])
    })
    provider.handle(FrameType.head, (decoder) => {
      this.textSeq = Math.max(this.textSeq, readHead(decoder))
      this.emit('head', [this.textSeq])
    })
    provider.handle(FrameType.event, (decoder) => this.happened(readJson<RoomEvent>(decoder)))
    provider.handle(FrameType.bye, (decoder) => {
      this.retryAfterMs = readJson<Bye>(decoder).retry_after_ms
    })
  }

  private greeted(hello: Hello): void {
    if (!this.options.isOurRoom(hello)) {
      this.end(CloseCode.epochChanged)
      return
    }
    this.isGreeted = true
    // The text comes with the answer to step 1; only a page that was here before asks for what it missed.
    if (this.eventSeq !== null) this.provider.sendFrame(encodeResume(this.textSeq || hello.seq, this.eventSeq))
    this.eventSeq ??= hello.event
    for (const frame of this.held.splice(0)) this.provider.sendFrame(frame)
    this.becomeReady()
  }

  private happened(event: RoomEvent): void {
    if (event.seq !== undefined) {
      if (this.hasEvent(event.seq)) return
      this.eventSeq = event.seq
    }
    this.emit('event', [event])
  }

  private arriving(update: Uint8Array): void {
    const { doc } = this.options
    // Deletions that waited for an earlier update would not be named by this one.
    const isWaiting = doc.store.pendingDs !== null || doc.store.pendingStructs !== null
    this.named = ownClock(doc) > 0 && !isWaiting ? deletedByName(update) : null
  }

  private changing(transaction: Y.Transaction): void {
    if (transaction.origin !== this.provider || !this.named) return
    const swept = sweptAway(transaction, this.named)
    if (swept.length > 0) this.emit('swept', [swept])
  }

  /** The gate of the socket, see `Gate`. */
  private admit(frame: Uint8Array): boolean {
    const kind = countedKind(frame)
    if (kind === null) return true
    // The step 2 to come carries it.
    if (kind === 'update' && !this.hasAnsweredStep1) return false
    this.hasAnsweredStep1 = true
    if (!this.isGreeted) {
      this.held.push(frame)
      return false
    }
    this.savedCount.frameSent(kind === 'step2', ownClock(this.options.doc))
    return true
  }

  private followSocket(): void {
    const { provider } = this
    provider.on('status', ({ status }) => {
      if (status !== 'connected') return
      this.savedCount.socketOpened()
      // A later clock than the farewell the others may have seen.
      provider.awareness.setLocalState(provider.awareness.getLocalState())
    })
    provider.on('sync', (isSynced) => {
      if (isSynced) this.becomeReady()
    })
    provider.on('connection-close', (event) => this.closed(event?.code ?? null))
  }

  private becomeReady(): void {
    if (this.isReady || !this.isGreeted || !this.provider.synced) return
    this.isReady = true
    this.attempt = 0
    this.emit('ready', [])
    this.emit('change', [])
  }

  /** Comes before y-websocket plans its own reconnect, which `shouldConnect` calls off. */
  private closed(code: number | null): void {
    this.provider.shouldConnect = false
    this.isGreeted = this.hasAnsweredStep1 = this.isReady = false
    this.held = []
    if (this.isOver) return
    if (code !== null && code >= 4400 && code < 4500) {
      this.end(code)
      return
    }
    const delay = Math.max(this.retryAfterMs, 0) + delayMs(this.attempt, ROOM_BACKOFF)
    this.retryAfterMs = 0
    this.attempt += 1
    if (!this.isOffline) this.connectAfter(delay)
    this.emit('change', [])
  }

  private end(code: number): void {
    this.isOver = true
    if (this.timer !== null) clearTimeout(this.timer)
    this.provider.disconnect()
    this.emit('ended', [code])
    this.emit('change', [])
  }

  private connectAfter(milliseconds: number): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.timer = null
      if (!this.isOver) this.provider.connect()
    }, milliseconds)
  }

  private followBrowser(): void {
    const { signal } = this.listening
    window.addEventListener('offline', () => this.goOffline(), { signal })
    window.addEventListener('online', () => this.comeBack(), { signal })
    document.addEventListener(
      'visibilitychange',
      () => {
        // Timers of a page out of sight run late.
        if (!document.hidden && this.timer !== null) this.connectAfter(0)
      },
      { signal },
    )
  }

  /** The socket would notice only after half a minute. */
  private goOffline(): void {
    if (this.isOver) return
    this.isOffline = true
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.provider.disconnect()
    this.emit('change', [])
  }

  private comeBack(): void {
    if (this.isOver || !this.isOffline) return
    this.isOffline = false
    this.attempt = 0
    this.connectAfter(delayMs(0, ROOM_BACKOFF))
  }
}

/** Names of the root fragments a transaction changed anything in. */
function touchedFragments(transaction: Y.Transaction): string[] {
  const names: string[] = []
  for (const [name, type] of transaction.doc.share) {
    if (transaction.changedParentTypes.has(type)) names.push(name)
  }
  return names
}

function ownClock(doc: Y.Doc): number {
  const structs = doc.store.clients.get(doc.clientID)
  const last = structs?.at(-1)
  return last ? last.id.clock + last.length : 0
}
