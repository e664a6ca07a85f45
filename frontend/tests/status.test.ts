import assert from 'node:assert/strict'
import { test } from 'node:test'

import { statusOf, type StatusFacts } from '../room/status'

const QUIET: StatusFacts = {
  connected: true,
  unsavedEdits: 0,
  isStalled: false,
  waitingCommands: 0,
  ended: null,
  frozen: null,
  mayWrite: true,
  refusal: null,
}

const CASES: [Partial<StatusFacts>, string, string][] = [
  [{}, 'saved', 'Saved'],
  [{ unsavedEdits: 1 }, 'saving', 'Saving…'],
  [{ unsavedEdits: 3, isStalled: true }, 'refused', 'Not saved yet, 3 edits kept here'],
  [{ unsavedEdits: 3, isStalled: true, connected: false }, 'offline', 'Offline, 3 edits kept here'],
  [{ waitingCommands: 1 }, 'saving', 'Saving…'],
  [{ connected: false }, 'offline', 'Offline'],
  [{ connected: false, unsavedEdits: 1 }, 'offline', 'Offline, 1 edit kept here'],
  [{ connected: false, unsavedEdits: 11, waitingCommands: 1 }, 'offline', 'Offline, 12 edits kept here'],
  [{ frozen: 'Locked for signing' }, 'frozen', 'Locked for signing'],
  [{ frozen: 'Declined' }, 'frozen', 'Declined'],
  [{ frozen: 'Signed', connected: false }, 'offline', 'Offline'],
  [{ ended: 'No longer taking part', connected: false, unsavedEdits: 2, refusal: 'x' }, 'ended', 'No longer taking part'],
  [{ mayWrite: false }, 'reading', 'Reading'],
  [{ refusal: 'the disk is full', connected: false }, 'refused', 'Not saved: the disk is full'],
]

for (const [facts, state, words] of CASES) {
  test(`${JSON.stringify(facts)}: ${words}`, () => {
    assert.deepEqual(statusOf({ ...QUIET, ...facts }), { state, words })
  })
}
