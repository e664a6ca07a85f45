/** Asks for a link's address. */
import type { Editor } from '@tiptap/core'

import { isAllowedLink } from './schema'

const MARKUP = `
  <form method="dialog">
    <h2 id="link-dialog-title">Link</h2>
    <div class="field">
      <label for="link-dialog-address">Address</label>
      <input id="link-dialog-address" type="text" inputmode="url" autocomplete="url"
        aria-describedby="link-dialog-error">
      <p class="error" id="link-dialog-error" role="alert"></p>
    </div>
    <div class="acts">
      <button class="btn primary" type="submit">Set link</button>
      <button class="btn" type="button" data-remove>Remove link</button>
      <button class="btn" type="button" data-dismiss>Cancel</button>
    </div>
  </form>`

export class LinkDialog {
  private readonly dialog = document.createElement('dialog')
  private editor: Editor | null = null

  constructor() {
    this.dialog.className = 'panel'
    this.dialog.setAttribute('aria-labelledby', 'link-dialog-title')
    this.dialog.innerHTML = MARKUP
    this.dialog.querySelector('form')?.addEventListener('submit', (event) => this.submit(event))
    this.dialog.querySelector('[data-remove]')?.addEventListener('click', () => {
      this.editor?.chain().extendMarkRange('link').unsetLink().run()
      this.dialog.close()
    })
    this.dialog.addEventListener('close', () => this.editor?.commands.focus())
    document.body.append(this.dialog)
  }

  get isOpen(): boolean {
    return this.dialog.open
  }

  ask(editor: Editor): void {
    this.editor = editor
    const href: unknown = editor.getAttributes('link').href
    this.input.value = typeof href === 'string' ? href : ''
    this.say('')
    const remove = this.dialog.querySelector<HTMLElement>('[data-remove]')
    if (remove) remove.hidden = !editor.isActive('link')
    this.dialog.showModal()
  }

  private get input(): HTMLInputElement {
    return this.dialog.querySelector('input') as HTMLInputElement
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault()
    const href = completed(this.input.value)
    if (!isAllowedLink(href)) {
      this.say('This is not a web, mail or telephone address.')
      return
    }
    const chain = this.editor?.chain().extendMarkRange('link')
    if (this.editor?.state.selection.empty && !this.editor.isActive('link')) {
      const marks = [{ type: 'link', attrs: { href } }]
      chain?.insertContent({ type: 'text', text: this.input.value.trim(), marks }).run()
    } else {
      chain?.setLink({ href }).run()
    }
    this.dialog.close()
  }

  private say(words: string): void {
    const error = this.dialog.querySelector('.error')
    if (error) error.textContent = words
    this.input.setAttribute('aria-invalid', String(words !== ''))
  }
}

/** "example.com" means the web, "me@example.com" mail. */
function completed(address: string): string {
  const text = address.trim()
  if (isAllowedLink(text) || /^[a-z][a-z0-9+.-]*:/i.test(text)) return text
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return `mailto:${text}`
  return /^[^\s/]+\.[^\s/]+/.test(text) ? `https://${text}` : text
}
