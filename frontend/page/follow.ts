/**
 * A page beside the room that stays up to date: it listens at the room's socket, and when something happened that it
 * shows, its piece is fetched anew and morphed into place. It sends nothing, so nobody sees it as a person in the room.
 * Loaded on demand.
 */
import type { Hello, RoomEvent } from '../room/frames'
import type { Announcer } from './announcer'
import { delayMs, ROOM_BACKOFF } from './backoff'
import type { Fragments } from './fragments'

/** As in `room/frames.ts`, which would bring the room's script along. */
const SUBPROTOCOL = 'sameside.v1'
const HELLO = 120
const EVENT = 125

/** Several events of one moment are answered by one look. */
const PAUSE_MS = 80

export class Follower {
  private attempt = 0
  private seen: number
  private timer = 0
  private isFetching = false
  private isOutdated = false

  constructor(
    private readonly element: HTMLElement,
    private readonly fragments: Fragments,
    private readonly announcer: Announcer,
  ) {
    this.seen = Number(element.dataset.event)
    this.connect()
  }

  private connect(): void {
    const { origin } = location
    const path = this.element.dataset.followsSocket ?? ''
    const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${path}`, SUBPROTOCOL)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) this.received(new Uint8Array(data))
    })
    socket.addEventListener('close', ({ code }) => {
      const isOver = code >= 4400 && code < 4500
      if (!isOver) setTimeout(() => this.connect(), delayMs(this.attempt++, ROOM_BACKOFF))
    })
  }

  private received(frame: Uint8Array): void {
    if (frame[0] === HELLO) {
      this.attempt = 0
      this.isAt((json(frame) as Hello).event)
    } else if (frame[0] === EVENT) this.happened(json(frame) as RoomEvent)
  }

  /** What happened while nobody listened is not told again: the page is looked at anew. */
  private isAt(event: number): void {
    if (event > this.seen) this.look()
    this.seen = Math.max(this.seen, event)
  }

  private happened(event: RoomEvent): void {
    if (event.seq !== undefined) this.seen = Math.max(this.seen, event.seq)
    const families = (this.element.dataset.follows ?? '').split(' ')
    if (!families.includes(event.type.split('.')[0] ?? '')) return
    this.look()
    if (event.announce) this.announcer.say(event.announce)
  }

  private look(): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.refresh(), PAUSE_MS)
  }

  private async refresh(): Promise<void> {
    this.isOutdated = true
    if (this.isFetching) return
    this.isFetching = true
    while (this.isOutdated) {
      this.isOutdated = false
      const html = await newest(this.element.id)
      if (html && !this.isOutdated) this.fragments.apply([{ id: this.element.id, html }])
    }
    this.isFetching = false
  }
}

/** The JSON of a hello or an event: after the type comes its length, seven bits a byte, then UTF-8. */
function json(frame: Uint8Array): unknown {
  const start = frame.findIndex((byte, place) => place > 0 && byte < 128) + 1
  return JSON.parse(new TextDecoder().decode(frame.subarray(start)))
}

/** The element as the server shows it now; null if that can't be had, and the page stays as it is. */
async function newest(id: string): Promise<string | null> {
  try {
    const response = await fetch(location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin' })
    if (!response.ok || response.redirected) return null
    const parsed = new DOMParser().parseFromString(await response.text(), 'text/html')
    return parsed.getElementById(id)?.outerHTML ?? null
  } catch {
    return null
  }
}
