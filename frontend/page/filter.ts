/** Search fields that narrow a list on the page: `data-filter` is the list's selector. Ticked entries stay. */
export function bindFilters(document: Document): void {
  document.addEventListener('input', (event) => {
    const field = event.target
    if (!(field instanceof HTMLInputElement) || field.dataset.filter === undefined) return
    const list = document.querySelector(field.dataset.filter)
    if (list) narrow(list, field.value)
  })
}

function narrow(list: Element, written: string): void {
  const words = written.toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  for (const entry of list.querySelectorAll<HTMLElement>(':scope > li')) {
    const text = (entry.textContent ?? '').toLowerCase()
    entry.hidden = !entry.querySelector(':checked') && !words.every((word) => text.includes(word))
    if (!entry.hidden) shown += 1
  }
  const none = list.parentElement?.querySelector<HTMLElement>('[data-filter-none]')
  if (none) none.hidden = shown > 0
}
