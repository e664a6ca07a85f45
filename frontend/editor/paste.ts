/**
 * Cleans what comes from Word, Word on the web and Google Docs before the editor reads it: list paragraphs become
 * lists, styles become marks or go, headings fit under the section's title, a table becomes a paragraph per row.
 *
 * Word marks list paragraphs with `mso-list:l0 level2 lfo1` and writes the bullet as text; on its way through other
 * programs that mark is lost and "·   First" remains.
 */
import { Extension } from '@tiptap/core'

import { cleanDocument } from './paste-document'
import { convertListParagraphs, repairLists } from './paste-lists'

/** What the editor itself put on the clipboard needs no cleaning. */
const OWN = /data-pm-slice=/

export function cleanPastedHtml(html: string, parse: (html: string) => Document = parseHtml): string {
  const harmless = setStylesAside(html)
  if (OWN.test(html)) return harmless
  const { body } = parse(harmless)
  convertListParagraphs(body)
  cleanDocument(body)
  repairLists(body)
  return body.innerHTML.trim()
}

/**
 * The content security policy refuses inline style, even in a document that is only read, and complains for each. So
 * what a style says is read from `data-style`.
 */
function setStylesAside(html: string): string {
  return html
    .replace(/<style\b[\s\S]*?<\/style\s*>/gi, '')
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/(\s)style(\s*=)/gi, '$1data-style$2'))
}

function parseHtml(html: string): Document {
  return new DOMParser().parseFromString(html, 'text/html')
}

export const CleanPaste = Extension.create({
  name: 'cleanPaste',
  transformPastedHTML: (html: string) => cleanPastedHtml(html),
})
