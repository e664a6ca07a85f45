import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

import { countedKind, encodeResume, readHead, readJson, readRejected, readSaved, type Hello } from '../room/frames'

function bytes(write: (encoder: encoding.Encoder) => void): decoding.Decoder {
  const encoder = encoding.createEncoder()
  write(encoder)
  return decoding.createDecoder(encoding.toUint8Array(encoder))
}

test('saved: count, then the number in the log', () => {
  const decoder = bytes((encoder) => {
    encoding.writeVarUint(encoder, 3)
    encoding.writeVarUint(encoder, 70_000)
  })
  assert.deepEqual(readSaved(decoder), { count: 3, seq: 70_000 })
})

test('rejected: which frame, why, in words', () => {
  const decoder = bytes((encoder) => {
    encoding.writeVarUint(encoder, 200)
    encoding.writeVarUint(encoder, 5)
    encoding.writeVarString(encoder, 'gesperrt für Änderungen')
  })
  assert.deepEqual(readRejected(decoder), { frame: 200, code: 5, reason: 'gesperrt für Änderungen' })
})

test('head: one number', () => {
  assert.equal(readHead(bytes((encoder) => encoding.writeVarUint(encoder, 129))), 129)
})

test('hello: JSON as a string', () => {
  const hello = { protocol: 1, room: 'r', epoch: 2, seq: 9, role: 'editor', schema: 1, limits: {}, event: 4 }
  const decoder = bytes((encoder) => encoding.writeVarString(encoder, JSON.stringify(hello)))
  assert.deepEqual(readJson<Hello>(decoder), hello)
})

test('resume: type 126 and both numbers as varuints', () => {
  assert.deepEqual([...encodeResume(300, 5)], [126, 0xac, 0x02, 5])
})

test('only step 2 and update frames count', () => {
  assert.equal(countedKind(new Uint8Array([0, 0, 1, 0])), null)
  assert.equal(countedKind(new Uint8Array([0, 1, 2, 0, 0])), 'step2')
  assert.equal(countedKind(new Uint8Array([0, 2, 2, 0, 0])), 'update')
  assert.equal(countedKind(new Uint8Array([1, 1, 0])), null)
  assert.equal(countedKind(encodeResume(1, 2)), null)
  assert.equal(countedKind(new Uint8Array()), null)
})
