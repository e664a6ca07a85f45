/** Why the server closed the socket for good. Every other code means: try again. */
export const CloseCode = {
  malformed: 4400,
  signInAgain: 4401,
  notAParticipant: 4403,
  noSuchRoom: 4404,
  epochChanged: 4409,
  frozen: 4423,
} as const

/** What to say, and what reloading (or signing in, which reloading leads to) is called; null: there is no way on. */
export interface Ending {
  words: string
  /** The same in the two or three words that the top bar has room for. */
  status: string
  action: string | null
}

const UNKNOWN: Ending = {
  words: 'The connection has ended. Reload the page to go on.',
  status: 'Ended',
  action: 'Reload',
}

const ENDINGS: Record<number, Ending> = {
  [CloseCode.malformed]: {
    words: 'This page sent something the server could not read, so the connection was closed. Reload to go on.',
    status: 'Ended',
    action: 'Reload',
  },
  [CloseCode.signInAgain]: {
    words: 'You are signed out. Sign in again to go on.',
    status: 'Signed out',
    action: 'Sign in again',
  },
  [CloseCode.notAParticipant]: {
    words: 'You no longer take part in this proposal. You can read what is on this page, but it stays as it is now.',
    status: 'No longer taking part',
    action: null,
  },
  [CloseCode.noSuchRoom]: { words: 'This proposal is no longer here.', status: 'No longer here', action: null },
  [CloseCode.epochChanged]: {
    words: 'This page is older than the proposal. Reload to see it as it is now.',
    status: 'Out of date',
    action: 'Reload',
  },
  [CloseCode.frozen]: {
    words: 'The proposal is locked for signing. Reload to read its final form.',
    status: 'Locked for signing',
    action: 'Reload',
  },
}

export function endingFor(code: number): Ending {
  return ENDINGS[code] ?? UNKNOWN
}
