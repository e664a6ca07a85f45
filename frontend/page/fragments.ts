/**
 * Pieces of the page that the server rendered anew, morphed into place: focus, caret, a half-typed value and the
 * editors stay.
 */
import { Idiomorph } from 'idiomorph'

/** `html` is the outer HTML of the element with that id; empty means that it is gone. */
export interface Fragment {
  id: string
  html: string
}

/** Written by scripts, unknown to the server: a fragment that lacks them does not take them away. */
const SCRIPT_ATTRIBUTES = new Set([
  'aria-current',
  'aria-describedby',
  'aria-invalid',
  'data-editor',
  'data-live',
  'data-said',
  'data-state',
  'data-unlocked',
])
const VALUE_ATTRIBUTES = new Set(['value', 'checked', 'selected'])

/** Never morphed nor removed: editors, the page's own script-made parts, and messages shown to the person. */
const KEPT = '[data-fragment], [data-morph-keep], [data-said]'

export class Fragments {
  private readonly listeners: (() => void)[] = []
  /** Fragments applied around a focused field or a value on its way, which are stale until that is over. */
  private readonly stale = new Map<string, string>()

  constructor(private readonly document: Document) {
    document.addEventListener('focusout', () => setTimeout(() => this.applyHeld(), 0))
  }

  /** Called after fragments were applied. */
  onApplied(listener: () => void): void {
    this.listeners.push(listener)
  }

  apply(fragments: readonly Fragment[] | undefined): void {
    if (!fragments?.length) return
    const active = this.document.activeElement
    for (const fragment of fragments) this.applyOne(fragment)
    // Without moveBefore() a moved element loses the focus, and idiomorph gives it back to inputs only.
    if (active instanceof HTMLElement && active.isConnected && this.document.activeElement === this.document.body) {
      active.focus({ preventScroll: true })
    }
    for (const listener of this.listeners) listener()
  }

  private applyOne({ id, html }: Fragment): void {
    const target = this.document.getElementById(id)
    if (!target) return
    this.stale.delete(id)
    const replacement = parse(this.document, html)
    if (!replacement) {
      target.remove()
      return
    }
    const active = this.document.activeElement
    const holdsFocus = isField(active) && target.contains(active)
    if (holdsFocus || target.querySelector('form[data-state]')) this.stale.set(id, html)
    giveEditorsIds(target)
    giveEditorsIds(replacement)
    Idiomorph.morph(target, replacement, {
      morphStyle: 'outerHTML',
      // For a focused button it would keep the old label: what the button says it does must be what it does.
      ignoreActiveValue: isField(active),
      restoreFocus: true,
      callbacks: { beforeNodeMorphed, beforeNodeRemoved, beforeAttributeUpdated },
    })
  }

  /** Apply what a focused field or a command under way kept from being applied whole. */
  applyHeld(): void {
    if (this.stale.size === 0) return
    this.apply([...this.stale].map(([id, html]) => ({ id, html })))
  }
}

function parse(document: Document, html: string): Element | null {
  const template = document.createElement('template')
  template.innerHTML = html.trim()
  const element = template.content.firstElementChild
  element?.remove()
  return element
}

/** Stable ids, so that an editor is matched with its own place and never with a neighbour that looks alike. */
function giveEditorsIds(root: Element): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-fragment]')) {
    if (!element.id) element.id = `text-${element.dataset.fragment}`
  }
}

function isField(element: Element | null): boolean {
  return element !== null && element.matches('input, select, textarea')
}

/** The field that is being morphed into one of another name, as fields of a form have no ids. */
let becomesAnother: Node | null = null

function beforeNodeMorphed(old: Element, replacement: Node): boolean {
  becomesAnother = nameOf(old) === nameOf(replacement) ? null : old
  return !(old.nodeType === Node.ELEMENT_NODE && old.matches(KEPT))
}

function beforeNodeRemoved(old: Element): boolean {
  return !(old.nodeType === Node.ELEMENT_NODE && old.matches('[data-morph-keep], [data-said]'))
}

function beforeAttributeUpdated(name: string, element: Element, change: 'update' | 'remove'): boolean {
  if (name === 'open' && element.matches('dialog, details')) return false
  if (VALUE_ATTRIBUTES.has(name)) return !holdsOwnValue(element)
  return !(change === 'remove' && SCRIPT_ATTRIBUTES.has(name))
}

function nameOf(node: Node): string | null {
  return node instanceof HTMLInputElement ? node.name : null
}

/**
 * A value on its way to the server, or refused by it, stays as the person typed it, if the field stays that field. What
 * a button sends goes with what it says.
 */
function holdsOwnValue(element: Element): boolean {
  if (element === becomesAnother || element instanceof HTMLButtonElement) return false
  return element.getAttribute('aria-invalid') === 'true' || element.closest('form[data-state]') !== null
}
