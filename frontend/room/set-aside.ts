/**
 * Words that could not be sent, shown for the person to copy: `#set-aside`. It stays until they close it.
 */
import type { UnsavedWords } from './unsaved-words'

export interface SetAsideWords extends UnsavedWords {
  /** Title of the section. */
  title: string
}

export class SetAside {
  private text = ''

  constructor(private readonly panel: HTMLElement) {
    panel.classList.add('notice')
    panel.dataset.kind = 'alert'
    panel.setAttribute('role', 'alert')
  }

  /** Add to what is shown: a second refusal does not cover the words of the first. */
  show(words: readonly SetAsideWords[], reason: string): void {
    if (words.length === 0) return
    const added = words.map(({ title, text }) => `${title}:\n${text}`).join('\n\n')
    this.text = this.text ? `${this.text}\n\n${added}` : added
    this.panel.replaceChildren(this.explanation(reason), this.words(), this.buttons())
    this.panel.hidden = false
  }

  private explanation(reason: string): HTMLElement {
    const paragraph = document.createElement('p')
    const advice = 'These words of yours are not in the proposal. Copy them before you go on.'
    paragraph.textContent = `${sentence(reason)} ${advice}`
    return paragraph
  }

  private words(): HTMLElement {
    const words = document.createElement('pre')
    words.id = 'set-aside-words'
    words.tabIndex = 0
    words.textContent = this.text
    return words
  }

  private buttons(): HTMLElement {
    const row = document.createElement('div')
    row.className = 'acts'
    const copy = button('Copy these words')
    copy.dataset.copy = '#set-aside-words'
    const close = button('Close')
    close.addEventListener('click', () => {
      this.text = ''
      this.panel.hidden = true
    })
    row.append(copy, close)
    return row
  }
}

function button(words: string): HTMLButtonElement {
  const element = document.createElement('button')
  element.type = 'button'
  element.className = 'btn sm'
  element.textContent = words
  return element
}

/** Reasons come as fragments or sentences. */
function sentence(reason: string): string {
  const text = reason.trim()
  if (!text) return 'This could not be saved.'
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.')
}
