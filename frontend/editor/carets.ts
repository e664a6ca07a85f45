/**
 * The others' carets and selections, styled by class: the content security policy allows no inline style. Used
 * instead of TipTap's caret extension, which announces the person once per editor and paints with colours.
 */
import { Extension } from '@tiptap/core'
import type { DecorationAttrs } from '@tiptap/pm/view'
import { yCursorPlugin } from '@tiptap/y-tiptap'
import type { Awareness } from 'y-protocols/awareness'

/** The server stamps it: a client cannot say it is somebody else. */
export interface Person {
  id: string
  name: string
  initials: string
  side: string
}

/** Enough to know each other by in one room; a name written without spaces stays whole. */
export function shortName(name: string): string {
  return name.split(' ')[0] ?? name
}

export function caretElement(person: Partial<Person>): HTMLElement {
  const caret = document.createElement('span')
  caret.className = 'caret'
  caret.dataset.party = person.side ?? ''
  caret.setAttribute('aria-hidden', 'true')
  const name = document.createElement('b')
  name.textContent = shortName(person.name ?? '')
  caret.append(name)
  return caret
}

function selectionAttributes(person: Partial<Person>): DecorationAttrs {
  return { class: 'selected', 'data-party': person.side ?? '' }
}

export const Carets = Extension.create<{ awareness: Awareness | null }>({
  name: 'carets',
  // After the binding to the document (1000), whose positions it reads.
  priority: 999,

  addOptions: () => ({ awareness: null }),

  addProseMirrorPlugins() {
    const { awareness } = this.options
    if (!awareness) return []
    return [yCursorPlugin(awareness, { cursorBuilder: caretElement, selectionBuilder: selectionAttributes })]
  },
})
