/** A place to drop the file on: `.drop` around a file input. The form is sent as soon as a file is there. */

export function bindDropZone(zone: HTMLElement): void {
  const input = zone.querySelector<HTMLInputElement>('input[type="file"]')
  if (!input) return
  for (const type of ['dragenter', 'dragover']) {
    zone.addEventListener(type, (event) => {
      event.preventDefault()
      zone.dataset.over = 'true'
    })
  }
  for (const type of ['dragleave', 'dragend', 'drop']) {
    zone.addEventListener(type, (event) => {
      if (event.type === 'dragleave' && zone.contains((event as DragEvent).relatedTarget as Node | null)) return
      delete zone.dataset.over
    })
  }
  zone.addEventListener('drop', (event) => {
    event.preventDefault()
    const files = event.dataTransfer?.files
    if (!files?.length) return
    input.files = files
    input.form?.requestSubmit()
  })
  input.addEventListener('change', () => {
    if (input.files?.length) input.form?.requestSubmit()
  })
}
