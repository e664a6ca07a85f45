/** Strokes as an SVG path: absolute moves and lines, one decimal, without points that add nothing to see. */

export interface Point {
  x: number
  y: number
}

/** The drawn mark is scaled to this width, so that it does not depend on the screen it was drawn on. */
export const PAD_WIDTH = 400
const STEP = 1.2
const POINTS_LIMIT = 4000

/** `width` is the pad's own, in pixels; null leaves the points as they are. */
export function pathOf(strokes: readonly (readonly Point[])[], width: number | null): string {
  const scale = width ? PAD_WIDTH / width : 1
  const parts: string[] = []
  let points = 0
  for (const stroke of strokes) {
    for (const [index, point] of thinned(stroke).entries()) {
      points += 1
      if (points > POINTS_LIMIT) return parts.join('')
      parts.push(`${index === 0 ? 'M' : 'L'}${round(point.x * scale)} ${round(point.y * scale)}`)
    }
    // A tap is a dot: a line of no length, drawn by its round ends.
    if (stroke.length === 1 && stroke[0]) parts.push(`L${round(stroke[0].x * scale)} ${round(stroke[0].y * scale)}`)
  }
  return parts.join('')
}

function thinned(stroke: readonly Point[]): Point[] {
  const kept: Point[] = []
  for (const [index, point] of stroke.entries()) {
    const last = kept.at(-1)
    const isEnd = index === stroke.length - 1
    if (!last || isEnd || Math.hypot(point.x - last.x, point.y - last.y) >= STEP) kept.push(point)
  }
  return kept
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
