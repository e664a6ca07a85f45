/** How long to wait before the next try: doubling, capped, and spread so that a crowd does not return at once. */
export interface Backoff {
  firstMs: number
  /** While the break is fresh, which is for so many tries. */
  freshCapMs: number
  freshTries: number
  capMs: number
}

/** A service that restarts is back within seconds: for the first half minute nobody waits longer than a second. */
export const ROOM_BACKOFF: Backoff = { firstMs: 200, freshCapMs: 1000, freshTries: 40, capMs: 3000 }
export const COMMAND_BACKOFF: Backoff = { firstMs: 500, freshCapMs: 5000, freshTries: 0, capMs: 5000 }

/** `attempt` counts from 0; `random` is in [0, 1). The answer lies between half and all of the step. */
export function delayMs(attempt: number, backoff: Backoff, random: () => number = Math.random): number {
  const cap = attempt < backoff.freshTries ? backoff.freshCapMs : backoff.capMs
  const step = Math.min(cap, backoff.firstMs * 2 ** Math.min(attempt, 16))
  return Math.round(step * (0.5 + random() / 2))
}
