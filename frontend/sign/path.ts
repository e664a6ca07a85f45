/** Strokes as SVG paths: one to send, of absolute moves and lines, and one to show, smooth. */

export interface Point {
  x: number
  y: number
}

export type Stroke = readonly Point[]

/** The pad is this wide in the units of a drawing, on whatever screen it is drawn. */
export const PAD_WIDTH = 400
const STEP = 1.2
/** Below what the server takes. */
const POINTS_LIMIT = 3900

/** What is sent: `M x y` and `L x y` with one decimal. A long drawing is told in larger steps. */
export function pathOf(strokes: readonly Stroke[]): string {
  for (let step = STEP; ; step *= 1.5) {
    const thinned = strokes.map((stroke) => thin(stroke, step))
    const count = thinned.reduce((sum, stroke) => sum + stroke.length, 0)
    // Each stroke keeps its ends, so a thousand dots stay a thousand dots.
    if (count <= POINTS_LIMIT || step > PAD_WIDTH) return thinned.map(polyline).join('')
  }
}

/** What is shown, and drawn on paper in the same way: curves from middle to middle of the points, bent by them. */
export function smoothPathOf(strokes: readonly Stroke[]): string {
  return strokes.map((stroke) => smooth(thin(stroke, STEP))).join('')
}

function polyline(stroke: Stroke): string {
  return stroke.map((point, index) => `${index === 0 ? 'M' : 'L'}${at(point)}`).join('')
}

function smooth([first, ...rest]: Stroke): string {
  const last = rest.at(-1)
  if (!first || !last) return ''
  const curves = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last
    return `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`
  })
  return `M${at(first)}${curves.join('')}L${at(last)}`
}

/** Without points that add nothing to see. A tap is a dot: a line of no length, drawn by its round ends. */
function thin(stroke: Stroke, step: number): Point[] {
  const kept: Point[] = []
  for (const [index, point] of stroke.entries()) {
    const last = kept.at(-1)
    const isEnd = index === stroke.length - 1
    if (!last || isEnd || Math.hypot(point.x - last.x, point.y - last.y) >= step) kept.push(point)
  }
  return kept.length === 1 ? [...kept, ...kept] : kept
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
