/** Drawing with mouse, finger or pen on the signature pad, kept as one SVG path. */
import { pathOf, type Point } from './path'

const SVG = 'http://www.w3.org/2000/svg'

export class Drawing {
  enabled = false
  private readonly strokes: Point[][] = []
  private stroke: Point[] | null = null
  private readonly path: SVGPathElement

  constructor(
    private readonly pad: HTMLElement,
    private readonly onChange: (path: string) => void,
  ) {
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('aria-hidden', 'true')
    this.path = document.createElementNS(SVG, 'path')
    svg.append(this.path)
    pad.append(svg)
    pad.addEventListener('pointerdown', (event) => this.begin(event))
    pad.addEventListener('pointermove', (event) => this.move(event))
    pad.addEventListener('pointerup', () => this.end())
    pad.addEventListener('pointercancel', () => this.end())
  }

  clear(): void {
    this.strokes.length = 0
    this.stroke = null
    this.show()
    this.onChange('')
  }

  private begin(event: PointerEvent): void {
    if (!this.enabled || event.button !== 0) return
    event.preventDefault()
    this.pad.setPointerCapture(event.pointerId)
    this.stroke = [this.point(event)]
    this.strokes.push(this.stroke)
    this.show()
  }

  private move(event: PointerEvent): void {
    if (!this.stroke) return
    for (const part of event.getCoalescedEvents?.() ?? [event]) this.stroke.push(this.point(part))
    this.show()
  }

  private end(): void {
    if (!this.stroke) return
    this.stroke = null
    const { width } = this.pad.getBoundingClientRect()
    this.onChange(pathOf(this.strokes, width))
  }

  private point(event: PointerEvent): Point {
    const box = this.pad.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }

  private show(): void {
    this.path.setAttribute('d', pathOf(this.strokes, null))
  }
}
