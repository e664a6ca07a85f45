/**
 * y-websocket's provider with four differences: what it sends passes through a gate that counts and may hold it; an
 * update that arrives is shown before it is applied; only our own presence is sent, at most ten times a second; and
 * when to reconnect is decided elsewhere.
 */
import { encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { messageYjsSyncStep1 } from 'y-protocols/sync'
import { messageAwareness, messageSync, WebsocketProvider } from 'y-websocket'
import type * as Y from 'yjs'

import { SUBPROTOCOL } from './frames'

const PRESENCE_INTERVAL_MS = 120

/** Decides whether a frame may leave now. */
export type Gate = (frame: Uint8Array) => boolean

export type FrameHandler = (decoder: decoding.Decoder) => void

interface PresenceChange {
  added: number[]
  updated: number[]
  removed: number[]
}

export class RoomProvider extends WebsocketProvider {
  private presenceTimer: ReturnType<typeof setTimeout> | null = null
  private presenceSentAt = 0

  /** `onArrival` gets every update of others in front of its being applied. */
  constructor(socketPath: string, doc: Y.Doc, gate: Gate, onArrival: (update: Uint8Array) => void) {
    const address = new URL(socketPath, location.href)
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const [, base = '', room = ''] = /^(.*)\/([^/]+)\/?$/.exec(address.href) ?? []
    super(base, room, doc, {
      connect: false,
      // The relay between tabs would go around the server's checks.
      disableBc: true,
      protocols: [SUBPROTOCOL],
      WebSocketPolyfill: gatedSocket(gate),
      shouldReconnect: () => true,
    })
    this.awareness.off('update', this._awarenessUpdateHandler)
    this._awarenessUpdateHandler = ({ added, updated, removed }: PresenceChange) => {
      const own = doc.clientID
      if (added.includes(own) || updated.includes(own) || removed.includes(own)) this.sendPresenceSoon()
    }
    this.awareness.on('update', this._awarenessUpdateHandler)
    const applySync = this.messageHandlers[messageSync]
    this.messageHandlers[messageSync] = (encoder, decoder, ...rest) => {
      const ahead = decoding.clone(decoder)
      if (decoding.readVarUint(ahead) !== messageYjsSyncStep1) onArrival(decoding.readVarUint8Array(ahead))
      applySync?.(encoder, decoder, ...rest)
    }
  }

  /** Handle frames of a type that y-websocket does not know. */
  handle(type: number, handler: FrameHandler): void {
    this.messageHandlers[type] = (_encoder, decoder) => handler(decoder)
  }

  /** Send bytes on the open socket; nothing happens when there is none. */
  sendFrame(frame: Uint8Array): void {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(frame as Uint8Array<ArrayBuffer>)
  }

  override destroy(): void {
    if (this.presenceTimer !== null) clearTimeout(this.presenceTimer)
    super.destroy()
  }

  private sendPresenceSoon(): void {
    if (this.presenceTimer !== null) return
    const wait = Math.max(0, this.presenceSentAt + PRESENCE_INTERVAL_MS - Date.now())
    this.presenceTimer = setTimeout(() => {
      this.presenceTimer = null
      this.presenceSentAt = Date.now()
      const encoder = encoding.createEncoder()
      encoding.writeVarUint(encoder, messageAwareness)
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.awareness, [this.doc.clientID]))
      this.sendFrame(encoding.toUint8Array(encoder))
    }, wait)
  }
}

function gatedSocket(gate: Gate): typeof WebSocket {
  return class extends WebSocket {
    override send(frame: Parameters<WebSocket['send']>[0]): void {
      if (!(frame instanceof Uint8Array) || gate(frame)) super.send(frame)
    }
  }
}
