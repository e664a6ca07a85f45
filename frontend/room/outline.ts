/** Marks in the outline which section is being read, once the reader has begun to scroll. */
export class Outline {
  private current: string | null = null

  constructor(private readonly nav: HTMLElement) {
    let isPlanned = false
    window.addEventListener(
      'scroll',
      () => {
        if (isPlanned) return
        isPlanned = true
        requestAnimationFrame(() => {
          isPlanned = false
          this.follow()
        })
      },
      { passive: true },
    )
  }

  /** Also called after fragments: the server's own mark is where the reader should go first. */
  show(): void {
    if (this.current === null) return
    for (const link of this.links()) {
      if (link.hash === `#${this.current}`) link.setAttribute('aria-current', 'location')
      else link.removeAttribute('aria-current')
    }
  }

  private follow(): void {
    const line = window.innerHeight / 3
    let reading: string | null = null
    for (const link of this.links()) {
      const section = document.getElementById(link.hash.slice(1))
      if (section && section.getBoundingClientRect().top <= line) reading = section.id
    }
    if (reading === null || reading === this.current) return
    this.current = reading
    this.show()
  }

  private links(): NodeListOf<HTMLAnchorElement> {
    return this.nav.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')
  }
}
