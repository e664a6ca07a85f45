/** `#room-notice`: one message about the room as a whole, with at most one thing to do. */
export class RoomNotice {
  constructor(private readonly element: HTMLElement) {
    element.classList.add('notice')
    element.setAttribute('role', 'alert')
  }

  show(words: string, action: string | null, kind: 'alert' | 'info' = 'alert'): void {
    this.element.dataset.kind = kind
    const text = document.createElement('p')
    text.textContent = words
    this.element.replaceChildren(text)
    if (action) this.element.append(reloadButton(action))
    this.element.hidden = false
  }
}

function reloadButton(words: string): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn sm'
  button.textContent = words
  button.addEventListener('click', () => location.reload())
  return button
}
