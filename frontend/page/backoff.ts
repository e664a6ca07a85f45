/** How long to wait before the next try: doubling, capped, and spread so that a crowd does not return at once. */
export interface Backoff {
  firstMs: number
  capMs: number
}

export const ROOM_BACKOFF: Backoff = { firstMs: 200, capMs: 3000 }
export const COMMAND_BACKOFF: Backoff = { firstMs: 500, capMs: 5000 }

/** `attempt` counts from 0; `random` is in [0, 1). The answer lies between half and all of the step. */
export function delayMs(attempt: number, backoff: Backoff, random: () => number = Math.random): number {
  const step = Math.min(backoff.capMs, backoff.firstMs * 2 ** Math.min(attempt, 16))
  return Math.round(step * (0.5 + random() / 2))
}
