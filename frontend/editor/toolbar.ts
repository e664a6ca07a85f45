/**
 * One toolbar for the page, in the margin beside the text that has the focus. It stands in front of that text in the
 * page's order: Shift+Tab or Alt+F10 reaches it, the arrows move in it, Escape goes back to the text.
 */
import type { Editor } from '@tiptap/core'

import { LinkDialog } from './link-dialog'
import { writingTools, type Tool } from './tools'

const SVG = 'http://www.w3.org/2000/svg'

export class Toolbar {
  private readonly wrapper = document.createElement('div')
  private readonly bar = document.createElement('div')
  private readonly buttons = new Map<HTMLButtonElement, Tool>()
  private readonly linkDialog = new LinkDialog()
  private editor: Editor | null = null

  constructor() {
    this.wrapper.className = 'tools'
    this.wrapper.id = 'writing-tools'
    this.wrapper.setAttribute('data-morph-keep', '')
    this.wrapper.hidden = true
    this.bar.setAttribute('role', 'toolbar')
    this.bar.setAttribute('aria-label', 'Writing tools')
    this.wrapper.append(this.bar)
    for (const tool of writingTools((editor) => this.linkDialog.ask(editor))) this.addButton(tool)
    this.bar.addEventListener('keydown', (event) => this.onKey(event))
    this.wrapper.addEventListener('focusout', (event) => this.onFocusOut(event))
    window.visualViewport?.addEventListener('resize', () => this.standAboveKeyboard())
  }

  /** Follow this editor: show beside it while it has the focus and can be written. */
  attach(editor: Editor): void {
    editor.on('focus', () => this.show(editor))
    editor.on('blur', ({ event }) => this.onFocusOut(event))
    editor.on('transaction', () => this.refresh(editor))
    editor.view.dom.addEventListener('keydown', (event) => {
      if (event.key === 'F10' && event.altKey && this.editor === editor) {
        event.preventDefault()
        this.current().focus()
      }
    })
  }

  /** The editor goes away. */
  detach(editor: Editor): void {
    if (this.editor === editor) this.hide()
  }

  private show(editor: Editor): void {
    if (!editor.isEditable) return
    this.editor = editor
    const text = editor.view.dom
    if (this.wrapper.nextElementSibling !== text) text.before(this.wrapper)
    this.bar.setAttribute('aria-orientation', matchMedia('(max-width: 760px)').matches ? 'horizontal' : 'vertical')
    this.wrapper.hidden = false
    this.standAboveKeyboard()
    this.refresh(editor)
  }

  private hide(): void {
    this.editor = null
    this.wrapper.hidden = true
  }

  private onFocusOut(event: FocusEvent): void {
    const next = event.relatedTarget
    const stays = next instanceof Node && (this.wrapper.contains(next) || this.editor?.view.dom.contains(next))
    // A click on the bare toolbar or into the link dialog is not leaving the text.
    if (!stays && !this.linkDialog.isOpen) this.hide()
  }

  private refresh(editor: Editor): void {
    if (this.editor !== editor) return
    for (const [button, tool] of this.buttons) {
      if (tool.isOn) button.setAttribute('aria-pressed', String(tool.isOn(editor)))
      if (tool.isUsable) button.setAttribute('aria-disabled', String(!tool.isUsable(editor)))
    }
  }

  private addButton(tool: Tool): void {
    const button = document.createElement('button')
    button.type = 'button'
    button.title = tool.label
    button.setAttribute('aria-label', tool.label)
    button.dataset.tool = tool.name
    button.tabIndex = this.buttons.size === 0 ? 0 : -1
    button.append(icon(tool.icon))
    // The text keeps its focus and, on a phone, its keyboard.
    button.addEventListener('mousedown', (event) => event.preventDefault())
    button.addEventListener('click', () => {
      if (this.editor && button.getAttribute('aria-disabled') !== 'true') tool.run(this.editor)
    })
    this.buttons.set(button, tool)
    this.bar.append(button)
  }

  private current(): HTMLButtonElement {
    const all = [...this.buttons.keys()]
    return all.find((button) => button.tabIndex === 0) ?? (all[0] as HTMLButtonElement)
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      this.editor?.commands.focus()
      return
    }
    const all = [...this.buttons.keys()]
    const at = all.indexOf(this.current())
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowRight: at + 1,
      ArrowUp: at - 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: all.length - 1,
    }
    const wanted = steps[event.key]
    if (wanted === undefined) return
    event.preventDefault()
    const next = all[(wanted + all.length) % all.length]
    for (const button of all) button.tabIndex = button === next ? 0 : -1
    next?.focus()
  }

  /** On a phone the on-screen keyboard covers the bottom of the page; CSS reads how much of it. */
  private standAboveKeyboard(): void {
    const viewport = window.visualViewport
    if (!viewport || this.wrapper.hidden) return
    const covered = Math.max(0, window.innerHeight - viewport.height - viewport.offsetTop)
    this.wrapper.style.setProperty('--keyboard', `${Math.round(covered)}px`)
  }
}

function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('aria-hidden', 'true')
  const line = document.createElementNS(SVG, 'path')
  line.setAttribute('d', path)
  svg.append(line)
  return svg
}
