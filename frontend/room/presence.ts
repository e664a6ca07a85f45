/** Who is here: `#faces`, from the identities the server stamps on presence. */
import type { Awareness } from 'y-protocols/awareness'

import type { Person } from '../editor/carets'

const FACES_LIMIT = 5

export class Presence {
  constructor(
    private readonly faces: HTMLElement | null,
    private readonly awareness: Awareness,
    private readonly me: Person,
  ) {
    awareness.setLocalStateField('user', me)
    awareness.on('change', () => this.show())
    this.show()
  }

  private show(): void {
    if (!this.faces) return
    const others = personsPresent(this.awareness.getStates().values()).filter((person) => person.id !== this.me.id)
    const persons = [...others, this.me].sort((a, b) => rank(a) - rank(b))
    const label = hereNow(others)
    if (this.faces.getAttribute('aria-label') === label && this.faces.childElementCount > 0) return
    this.faces.setAttribute('role', 'img')
    this.faces.setAttribute('aria-label', label)
    this.faces.replaceChildren(...persons.slice(0, FACES_LIMIT).map(face), ...rest(persons.length - FACES_LIMIT))
  }
}

/** Each person once, however many windows they have open. */
export function personsPresent(states: Iterable<Record<string, unknown>>): Person[] {
  const found = new Map<string, Person>()
  for (const { user } of states) {
    const { id, name, initials = '', side = '' } = (user ?? {}) as Partial<Person>
    if (id && name) found.set(id, { id, name, initials, side })
  }
  return [...found.values()]
}

export function hereNow(others: readonly Person[]): string {
  if (others.length === 0) return 'Here now: you'
  return `Here now: ${others.map((person) => person.name).join(', ')} and you`
}

/** Seller left, client right, as everywhere. */
function rank(person: Person): number {
  return person.side === 'seller' ? 0 : 1
}

function face(person: Person): HTMLElement {
  const element = document.createElement('span')
  element.className = 'face'
  element.dataset.party = person.side
  element.title = person.name
  element.setAttribute('aria-hidden', 'true')
  element.textContent = person.initials
  return element
}

function rest(count: number): HTMLElement[] {
  if (count <= 0) return []
  const element = document.createElement('span')
  element.className = 'face more'
  element.setAttribute('aria-hidden', 'true')
  element.textContent = `+${count}`
  return [element]
}
