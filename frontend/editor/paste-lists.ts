/** Lists in what is pasted: made from paragraphs, nested by level, joined when a program tore them apart. */
import { declarations, words } from './paste-document'

interface ListParagraph {
  paragraph: HTMLElement
  level: number
  ordered: boolean
}

/** A bullet as text: Word's own letters for it, then at least two spaces, a tab or no-break spaces. */
const BULLET = /^[·•●○▪■§o\u2043\u2219\u25e6\uf0a7\uf0b7–-](?:[ \t]{2,}|[ \t]*[\u00a0\t][\u00a0 \t]*)/
const NUMBER = /^\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)](?:[ \t]{2,}|[ \t]*[\u00a0\t][\u00a0 \t]*)/i

export function convertListParagraphs(body: HTMLElement): void {
  let run: ListParagraph[] = []
  for (const paragraph of [...body.querySelectorAll<HTMLElement>('p')]) {
    if (paragraph.closest('li, table')) continue
    const found = asListParagraph(paragraph)
    const continues = found && run.length > 0 && previousElement(paragraph) === run.at(-1)?.paragraph
    if (!continues) {
      replaceByList(run)
      run = []
    }
    if (found) run.push(found)
  }
  replaceByList(run)
}

function previousElement(element: Element): Element | null {
  return element.previousElementSibling
}

/** Reads the level and kind of a list paragraph, and takes its bullet away. Null when it is none. */
function asListParagraph(paragraph: HTMLElement): ListParagraph | null {
  const list = /level(\d+)/.exec(declarations(paragraph).get('mso-list') ?? '')
  const marker = [...paragraph.querySelectorAll<HTMLElement>('span')].find(
    (span) => declarations(span).get('mso-list') === 'ignore',
  )
  if (list) {
    const ordered = marker ? isNumber(words(marker.textContent)) : NUMBER.test(leadingText(paragraph))
    if (marker) marker.remove()
    else cutLeading(paragraph, ordered ? NUMBER : BULLET)
    return { paragraph, level: Number(list[1]), ordered }
  }
  const text = leadingText(paragraph)
  const isBullet = BULLET.test(text)
  if (!isBullet && !(NUMBER.test(text) && /MsoList/i.test(paragraph.className))) return null
  cutLeading(paragraph, isBullet ? BULLET : NUMBER)
  return { paragraph, level: 1, ordered: !isBullet }
}

function isNumber(marker: string): boolean {
  return /^\(?[0-9a-z]{1,5}[.)]$/i.test(marker)
}

/** Letters at the start, line breaks of the source made spaces. Word puts them in spans of their own. */
function leadingText(paragraph: Element): string {
  return (paragraph.textContent ?? '').replace(/[\r\n]+/g, ' ').replace(/^[ \t]+/, '')
}

function cutLeading(paragraph: Element, marker: RegExp): void {
  const found = marker.exec(leadingText(paragraph))?.[0] ?? ''
  // The marker as it stands, without any white space: the text nodes may break it anywhere.
  let letters = found.replace(/\s/g, '').length
  const walker = paragraph.ownerDocument.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.nodeValue ?? ''
    let index = 0
    while (index < text.length && (letters > 0 || /\s/.test(text[index] ?? ''))) {
      if (!/\s/.test(text[index] ?? '')) letters -= 1
      index += 1
    }
    node.nodeValue = text.slice(index)
    if (index < text.length) return
  }
}

function replaceByList(run: readonly ListParagraph[]): void {
  const first = run[0]
  if (!first) return
  const { ownerDocument } = first.paragraph
  const open: { list: HTMLElement; level: number }[] = []
  for (const { paragraph, level, ordered } of run) {
    const tag = ordered ? 'ol' : 'ul'
    while (open.length > 1 && (open.at(-1)?.level ?? 0) > level) open.pop()
    const top = open.at(-1)
    const isSame = top && top.level >= level && top.list.localName === tag
    if (!isSame) {
      if (top && top.level >= level) open.pop()
      const list = ownerDocument.createElement(tag)
      const parent = open.at(-1)?.list.lastElementChild
      if (parent) parent.append(list)
      else first.paragraph.before(list)
      open.push({ list, level })
    }
    const item = ownerDocument.createElement('li')
    const content = ownerDocument.createElement('p')
    content.append(...paragraph.childNodes)
    item.append(content)
    open.at(-1)?.list.append(item)
  }
  for (const { paragraph } of run) paragraph.remove()
}

/** Google Docs nests a list beside its item, Word on the web writes one list per item: put them right. */
export function repairLists(body: HTMLElement): void {
  for (const nested of [...body.querySelectorAll('ul > ul, ul > ol, ol > ul, ol > ol')]) {
    const item = nested.previousElementSibling
    if (item?.localName === 'li') item.append(nested)
  }
  for (const wrapper of [...body.querySelectorAll('div')]) {
    const isListOnly = [...wrapper.children].every((child) => child.matches('ul, ol')) && words(ownText(wrapper)) === ''
    if (wrapper.childElementCount > 0 && isListOnly) wrapper.replaceWith(...wrapper.childNodes)
  }
  for (const list of [...body.querySelectorAll('ul, ol')]) {
    const before = list.previousElementSibling
    if (before?.localName === list.localName && words(textBetween(before, list)) === '') {
      before.append(...list.childNodes)
      list.remove()
    }
  }
}

function ownText(element: Element): string {
  const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
  return texts.map((node) => node.nodeValue ?? '').join('')
}

function textBetween(first: Element, second: Element): string {
  let text = ''
  for (let node = first.nextSibling; node && node !== second; node = node.nextSibling) text += node.textContent ?? ''
  return text
}
