/** The part of cleaning a paste that is not about lists: marks, headings, tables, and everything that goes. */

const GONE = 'style, script, meta, link, title, xml, img, svg, canvas, video, audio, iframe, object, noscript, template'
const TRANSPARENT = 'span, font, u, center, small, big, sub, sup, ins, label'
const KEPT_ATTRIBUTES: Record<string, readonly string[]> = { A: ['href'], OL: ['start'] }
const CELL_SEPARATOR = ' | '

export function cleanDocument(body: HTMLElement): void {
  for (const element of body.querySelectorAll(GONE)) element.remove()
  removeCommentsAndNamespaced(body)
  for (const table of body.querySelectorAll('table')) tableToParagraphs(table)
  for (const element of [...body.querySelectorAll<HTMLElement>('[data-style]')]) styleToMarks(element)
  for (const heading of body.querySelectorAll('h1, h2, h5, h6')) fitHeading(heading)
  for (const element of [...body.querySelectorAll(TRANSPARENT)]) unwrap(element)
  for (const element of body.querySelectorAll('*')) stripAttributes(element)
  removeEmptyParagraphs(body)
}

export function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes)
}

/** `<o:p>` and the like: what is in them stays. */
function removeCommentsAndNamespaced(body: HTMLElement): void {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_ELEMENT)
  const comments: Node[] = []
  const namespaced: Element[] = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.COMMENT_NODE) comments.push(node)
    else if ((node as Element).tagName.includes(':')) namespaced.push(node as Element)
  }
  for (const comment of comments) comment.parentNode?.removeChild(comment)
  for (const element of namespaced) unwrap(element)
}

function tableToParagraphs(table: HTMLTableElement): void {
  const paragraphs = [...table.querySelectorAll('tr')].map((row) => {
    const cells = [...row.querySelectorAll('th, td')].map((cell) => words(cell.textContent)).filter(Boolean)
    const paragraph = table.ownerDocument.createElement('p')
    paragraph.textContent = cells.join(CELL_SEPARATOR)
    return paragraph
  })
  table.replaceWith(...paragraphs)
}

/** Google Docs says bold by `font-weight:700` and wraps everything in a `<b>` that is not bold. */
function styleToMarks(element: HTMLElement): void {
  const style = declarations(element)
  const weight = style.get('font-weight') ?? ''
  const isMark = element.matches('b, strong')
  if (isMark && /^(normal|400)$/.test(weight)) {
    unwrap(element)
    return
  }
  if (!element.matches('span, font')) return
  if (/^(bold|bolder|[6-9]00)$/.test(weight)) wrapContent(element, 'strong')
  if (style.get('font-style') === 'italic') wrapContent(element, 'em')
  const decoration = style.get('text-decoration') ?? style.get('text-decoration-line') ?? ''
  if (decoration.includes('line-through')) wrapContent(element, 's')
}

/** What the element's style said, Word's own properties too; see `setStylesAside`. */
export function declarations(element: Element): Map<string, string> {
  const found = new Map<string, string>()
  for (const declaration of (element.getAttribute('data-style') ?? '').split(';')) {
    const [name, ...value] = declaration.split(':')
    if (name && value.length > 0) found.set(name.trim().toLowerCase(), value.join(':').trim().toLowerCase())
  }
  return found
}

function wrapContent(element: HTMLElement, tag: string): void {
  if (words(element.textContent) === '') return
  const mark = element.ownerDocument.createElement(tag)
  mark.append(...element.childNodes)
  element.append(mark)
}

/** The proposal's title is level 1 and the section's level 2, so text begins at 3. */
function fitHeading(heading: Element): void {
  const fitted = heading.ownerDocument.createElement(/[12]/.test(heading.tagName) ? 'h3' : 'h4')
  fitted.append(...heading.childNodes)
  heading.replaceWith(fitted)
}

function stripAttributes(element: Element): void {
  const kept = KEPT_ATTRIBUTES[element.tagName] ?? []
  for (const { name } of [...element.attributes]) if (!kept.includes(name)) element.removeAttribute(name)
}

function removeEmptyParagraphs(body: HTMLElement): void {
  for (const paragraph of body.querySelectorAll('p, h3, h4')) {
    if (words(paragraph.textContent) === '') paragraph.remove()
  }
}

/** Text with its white space made plain, no-break spaces too. */
export function words(text: string | null): string {
  return (text ?? '').replace(/[\s\u00a0]+/g, ' ').trim()
}
