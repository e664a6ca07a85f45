/** An editor for each `[data-fragment]` of the room, made and removed as sections come and go. */
import type { Editor } from '@tiptap/core'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

import { openEditor, setAccess, type Access } from '../editor/editor'
import { positionOfLetter, putBack } from '../editor/put-back'
import type { Toolbar } from '../editor/toolbar'
import { holdsUnknownContent } from '../editor/unknown-content'
import { accessOf, type Unlocked } from './access'
import type { RoomFacts } from './room-facts'
import type { Swept } from './swept-away'

interface SectionEditor {
  editor: Editor
  access: Access
  label: string
}

export interface SectionsOptions {
  facts: RoomFacts
  doc: Y.Doc
  awareness: Awareness
  toolbar: Toolbar
  unlocked: Unlocked
  phone: MediaQueryList
  /** A text holds something this script does not know; it was left alone. */
  onUnknownContent(): void
}

export class Sections {
  private readonly editors = new Map<HTMLElement, SectionEditor>()

  constructor(private readonly options: SectionsOptions) {}

  /** Bring editors in line with the page: new texts get one, vanished ones lose it, all have the access due. */
  reconcile(): void {
    for (const element of this.editors.keys()) if (!element.isConnected) this.close(element)
    for (const element of this.texts()) {
      const known = this.editors.get(element)
      if (known) this.update(element, known)
      else this.open(element)
    }
  }

  /** "Change this": open the section here, and put the caret at the end of its text. */
  unlock(section: string): void {
    this.options.unlocked.open(section)
    this.reconcile()
    for (const [element, { editor }] of this.editors) {
      if (sectionOf(element)?.dataset.section !== section || !editor.isEditable) continue
      editor.commands.focus('end')
      // The command waits for the next frame, and a key pressed before it would go astray.
      editor.view.focus()
    }
  }

  accessAt(target: EventTarget | null): Access | null {
    const element = target instanceof Element ? target.closest<HTMLElement>('[data-fragment]') : null
    return (element && this.editors.get(element)?.access) ?? null
  }

  /**
   * Put letters back once the change that takes them away is shown; to be called before it is. `onHomeless` gets
   * those for which the new text has no place.
   */
  keep(swept: readonly Swept[], onHomeless: (lost: { fragment: string; text: string }) => void): void {
    for (const fragment of new Set(swept.map((each) => each.fragment))) {
      const lost = swept.filter((each) => each.fragment === fragment)
      const editor = this.editorOf(fragment)
      if (!editor) {
        for (const { text } of lost) onHomeless({ fragment, text })
        continue
      }
      const then = editor.state.doc
      const missing = lost.map(({ offset, text }) => ({ position: positionOfLetter(then, offset), text }))
      queueMicrotask(() => {
        for (const text of putBack(editor, then, missing)) onHomeless({ fragment, text })
      })
    }
  }

  private editorOf(fragment: string): Editor | null {
    for (const [element, { editor }] of this.editors) if (element.dataset.fragment === fragment) return editor
    return null
  }

  /** Remove all editors; their last text stays on the page, so that it never flashes empty. */
  closeAll(): void {
    for (const element of [...this.editors.keys()]) this.close(element)
  }

  private texts(): NodeListOf<HTMLElement> {
    return this.options.facts.element.querySelectorAll<HTMLElement>('[data-fragment]')
  }

  private open(element: HTMLElement): void {
    const { doc, awareness, toolbar } = this.options
    const fragment = doc.getXmlFragment(element.dataset.fragment ?? '')
    if (holdsUnknownContent(fragment)) {
      this.options.onUnknownContent()
      return
    }
    const access = this.accessOf(element)
    const label = element.dataset.label ?? ''
    const editor = openEditor({ element, fragment, awareness, label, access })
    toolbar.attach(editor)
    this.editors.set(element, { editor, access, label })
    sectionOf(element)?.setAttribute('data-editor', 'ready')
  }

  private update(element: HTMLElement, known: SectionEditor): void {
    const access = this.accessOf(element)
    const label = element.dataset.label ?? ''
    sectionOf(element)?.setAttribute('data-editor', 'ready')
    if (access === known.access && label === known.label) return
    setAccess(known.editor, label, access)
    this.editors.set(element, { editor: known.editor, access, label })
    if (access !== 'write') this.options.toolbar.detach(known.editor)
  }

  private close(element: HTMLElement): void {
    const known = this.editors.get(element)
    if (!known) return
    this.editors.delete(element)
    const text = [...element.childNodes].map((node) => node.cloneNode(true))
    this.options.toolbar.detach(known.editor)
    known.editor.destroy()
    element.replaceChildren(...text)
    for (const caret of element.querySelectorAll('.caret')) caret.remove()
    sectionOf(element)?.removeAttribute('data-editor')
  }

  private accessOf(element: HTMLElement): Access {
    const { facts, unlocked, phone } = this.options
    const section = sectionOf(element)
    // The head is sent anew on its own when an agreement changes; the section around it keeps what it was.
    const head = section?.querySelector<HTMLElement>('.sec-head[data-locked]')
    const isLocked = (head ?? section)?.dataset.locked === 'true'
    if (section) section.dataset.locked = String(isLocked)
    const isUnlocked = unlocked.isOpen(section?.dataset.section ?? '', isLocked)
    if (section) setFlag(section, 'data-unlocked', isUnlocked)
    return accessOf({
      mayWrite: facts.mayWrite,
      isFrozen: facts.isFrozen,
      isLocked,
      isUnlocked,
      isPhone: phone.matches,
    })
  }
}

function sectionOf(element: HTMLElement): HTMLElement | null {
  return element.closest<HTMLElement>('[data-section]')
}

function setFlag(element: HTMLElement, name: string, isSet: boolean): void {
  if (isSet) element.setAttribute(name, 'true')
  else element.removeAttribute(name)
}
