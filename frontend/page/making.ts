/** The page of a PDF that is being made: asks how far it is, and opens the file when it is there. */

const ASK_EVERY_MS = 1000

interface Progress {
  state: string
  said: string
  page: number
  of: number
  address: string
}

export function followMaking(place: HTMLElement): void {
  const ask = async (): Promise<void> => {
    const answer = await fetch(location.href, { headers: { Accept: 'application/json' } }).catch(() => null)
    if (!answer?.ok) return again()
    const progress = (await answer.json()) as Progress
    if (progress.state !== 'waiting' && progress.state !== 'making') {
      location.reload()
      return
    }
    show(place, progress)
    again()
  }
  const again = (): void => {
    setTimeout(() => void ask(), ASK_EVERY_MS)
  }
  again()
}

/** The words, and the bar: without a value as long as nothing is known. */
export function show(place: HTMLElement, { said, page, of }: Progress): void {
  const words = place.querySelector('[data-said]')
  if (words && words.textContent !== said) words.textContent = said
  const bar = place.querySelector<HTMLProgressElement>('[data-bar]')
  if (!bar || page === 0) return
  bar.max = Math.max(of, page)
  bar.value = page
}
