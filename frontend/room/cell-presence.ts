/**
 * Who is changing which price: the cell in focus travels with one's presence (`cell`, the field's id), and the
 * others' pages mark the same cell, found by that id or by `data-cell-id` where the value is only shown.
 */
import type { Awareness } from 'y-protocols/awareness'

import { shortName, type Person } from '../editor/carets'

interface PresentState {
  user?: Partial<Person>
  cell?: unknown
}

export class CellPresence {
  constructor(
    private readonly root: HTMLElement,
    private readonly awareness: Awareness,
  ) {
    root.addEventListener('focusin', (event) => this.tell(event.target))
    root.addEventListener('focusout', () => this.tell(null))
    awareness.on('change', () => this.show())
  }

  private tell(target: EventTarget | null): void {
    const cell = target instanceof HTMLElement && target.matches('.cell') ? target.id : null
    const told: unknown = this.awareness.getLocalState()?.cell ?? null
    if (told !== cell) this.awareness.setLocalStateField('cell', cell)
  }

  /** Also called after fragments, which know nothing of it. */
  show(): void {
    for (const marked of this.root.querySelectorAll<HTMLElement>('.cellwrap[data-party]')) {
      delete marked.dataset.party
      marked.querySelector('b[data-said]')?.remove()
    }
    for (const [client, state] of this.awareness.getStates() as Map<number, PresentState>) {
      if (client === this.awareness.clientID || typeof state.cell !== 'string' || !state.user?.side) continue
      const wrap = this.find(state.cell)?.closest<HTMLElement>('.cellwrap')
      if (!wrap) continue
      wrap.dataset.party = state.user.side
      wrap.append(nameTag(state.user.name ?? ''))
    }
  }

  private find(id: string): Element | null {
    if (id === '') return null
    return document.getElementById(id) ?? this.root.querySelector(`[data-cell-id="${CSS.escape(id)}"]`)
  }
}

function nameTag(name: string): HTMLElement {
  const tag = document.createElement('b')
  tag.setAttribute('aria-hidden', 'true')
  tag.setAttribute('data-said', '')
  tag.textContent = shortName(name)
  return tag
}
