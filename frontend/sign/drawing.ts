/** Drawing with mouse, finger or pen on the signature pad. Points are kept in units of the pad, see `PAD_WIDTH`. */
import { PAD_WIDTH, pathOf, smoothPathOf, type Point } from './path'

const SVG = 'http://www.w3.org/2000/svg'

export class Drawing {
  enabled = false
  private strokes: Point[][] = []
  private pointer: number | null = null
  private readonly svg: SVGSVGElement
  private readonly path: SVGPathElement

  /** `onChange` gets the path to send; empty when nothing is drawn. */
  constructor(
    private readonly pad: HTMLElement,
    private readonly onChange: (path: string) => void,
  ) {
    this.svg = document.createElementNS(SVG, 'svg')
    this.svg.setAttribute('aria-hidden', 'true')
    this.svg.setAttribute('preserveAspectRatio', 'xMinYMin meet')
    this.path = document.createElementNS(SVG, 'path')
    this.svg.append(this.path)
    pad.append(this.svg)
    pad.addEventListener('pointerdown', (event) => this.begin(event))
    pad.addEventListener('pointermove', (event) => this.move(event))
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
      pad.addEventListener(end, (event) => this.end(event))
    }
  }

  undo(): void {
    this.strokes.pop()
    this.changed()
  }

  clear(): void {
    this.strokes = []
    this.changed()
  }

  private begin(event: PointerEvent): void {
    // A second finger, or the hand beside the pen, draws nothing.
    if (!this.enabled || event.button !== 0 || this.pointer !== null) return
    event.preventDefault()
    if (this.strokes.length === 0) this.fit()
    this.pointer = event.pointerId
    this.pad.setPointerCapture(event.pointerId)
    this.strokes.push([this.point(event)])
    this.show()
  }

  private move(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return
    const parts = event.getCoalescedEvents?.() ?? []
    for (const part of parts.length > 0 ? parts : [event]) this.strokes.at(-1)?.push(this.point(part))
    this.show()
  }

  private end(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return
    this.pointer = null
    this.changed()
  }

  private changed(): void {
    this.show()
    this.onChange(pathOf(this.strokes))
  }

  /** The pad's shape when the first stroke begins; turning the phone afterwards scales what is drawn. */
  private fit(): void {
    const { width, height } = this.svg.getBoundingClientRect()
    this.svg.setAttribute('viewBox', `0 0 ${PAD_WIDTH} ${width > 0 ? (height / width) * PAD_WIDTH : PAD_WIDTH}`)
  }

  /** Where the pointer is, in the pad's units; beyond its edge counts as on it. */
  private point({ clientX, clientY }: { clientX: number; clientY: number }): Point {
    const matrix = this.svg.getScreenCTM()
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix?.inverse())
    const { width, height } = this.svg.viewBox.baseVal
    return { x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) }
  }

  private show(): void {
    this.path.setAttribute('d', smoothPathOf(this.strokes))
    this.pad.toggleAttribute('data-drawn', this.strokes.length > 0)
  }
}
