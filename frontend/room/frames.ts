/**
 * The frames of the subprotocol `sameside.v1` that come on top of y-websocket's own (types 120 to 127), and the
 * little that must be read from a sync frame to count it.
 *
 * Numbers are lib0 varuints, texts and JSON are lib0 strings (length, then UTF-8).
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

import type { Fragment } from '../page/fragments'

export const SUBPROTOCOL = 'sameside.v1'

export const FrameType = {
  hello: 120,
  saved: 121,
  rejected: 122,
  head: 123,
  event: 125,
  resume: 126,
  bye: 127,
} as const

/** Why the server did not take a frame. */
export const Rejection = { readOnly: 1, gap: 2, invalid: 3, foreignClientId: 4, frozen: 5, quota: 6 } as const

/** The first frame of a connection: what room this is, and how far it has got. */
export interface Hello {
  protocol: number
  room: string
  /** Counts the times the room began anew; only sharing does that. */
  epoch: number
  /** Head of the text's log. */
  seq: number
  role: string
  /** Version of the text's schema. */
  schema: number
  /** Head of the proposal's events. */
  event: number
}

/** The first `count` step 2 and update frames of this socket are settled, durable at or before `seq`. */
export interface Saved {
  count: number
  seq: number
}

/** The `frame`-th (from 1) step 2 or update frame of this socket was not taken. */
export interface Rejected {
  frame: number
  code: number
  reason: string
}

/** Something happened to the proposal. `section.settled` comes without `seq` and with the three last fields. */
export interface RoomEvent {
  seq?: number
  type: string
  actor?: { id?: string; name?: string } | string | null
  fragments?: Fragment[]
  announce?: string
  section?: string
  fingerprint?: string
  text_seq?: number
}

/** The server is about to close this socket; try again after so many milliseconds. */
export interface Bye {
  reason: string
  retry_after_ms: number
}

export function readSaved(decoder: decoding.Decoder): Saved {
  return { count: decoding.readVarUint(decoder), seq: decoding.readVarUint(decoder) }
}

export function readRejected(decoder: decoding.Decoder): Rejected {
  return {
    frame: decoding.readVarUint(decoder),
    code: decoding.readVarUint(decoder),
    reason: decoding.readVarString(decoder),
  }
}

export function readHead(decoder: decoding.Decoder): number {
  return decoding.readVarUint(decoder)
}

/** Hello, event and bye: one JSON object. */
export function readJson<T>(decoder: decoding.Decoder): T {
  return JSON.parse(decoding.readVarString(decoder)) as T
}

/** "I have the text up to `textSeq` and the events up to `eventSeq`": asks for what came after. */
export function encodeResume(textSeq: number, eventSeq: number): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, FrameType.resume)
  encoding.writeVarUint(encoder, textSeq)
  encoding.writeVarUint(encoder, eventSeq)
  return encoding.toUint8Array(encoder)
}

/** What a frame we send is to the server's count: it counts step 2 and update frames, empty ones too. */
export type CountedKind = 'step2' | 'update' | null

export function countedKind(frame: Uint8Array): CountedKind {
  if (frame[0] !== 0) return null
  if (frame[1] === 1) return 'step2'
  return frame[1] === 2 ? 'update' : null
}
