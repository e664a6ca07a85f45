import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hereNow, personsPresent } from '../room/presence'

const MAYA = { id: '1', name: 'Maya Lindqvist', initials: 'ML', side: 'seller' }

test('each person once, windows without identity not at all', () => {
  assert.deepEqual(personsPresent([{ user: MAYA }, { user: { ...MAYA } }, {}, { user: { name: 'Nobody' } }]), [MAYA])
})

test('who is here, in words', () => {
  assert.equal(hereNow([]), 'Here now: you')
  assert.equal(hereNow([MAYA, { ...MAYA, name: 'Ada' }]), 'Here now: Maya Lindqvist, Ada and you')
})
