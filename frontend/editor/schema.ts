/**
 * What the text of a section may hold. The server reads and writes the same shapes (ProseMirror JSON):
 *
 *   doc          block+
 *   paragraph    inline*
 *   heading      inline*        level: 3 or 4 (1 and 2 are the proposal's and the section's titles)
 *   bulletList   listItem+
 *   orderedList  listItem+      start: integer, default 1
 *   listItem     paragraph block*
 *   blockquote   block+
 *   hardBreak    (inline)
 *   marks        bold, italic, strike, code, link {href}, comment {id}
 *
 * Raise `SCHEMA_VERSION` with every change: a browser that does not know a node deletes it for everybody by opening
 * the page, so it must not bind to a room of another version.
 */
import { Mark, type Extensions } from '@tiptap/core'
import Blockquote from '@tiptap/extension-blockquote'
import Bold from '@tiptap/extension-bold'
import Code from '@tiptap/extension-code'
import Document from '@tiptap/extension-document'
import HardBreak from '@tiptap/extension-hard-break'
import Heading from '@tiptap/extension-heading'
import Italic from '@tiptap/extension-italic'
import Link from '@tiptap/extension-link'
import { BulletList } from '@tiptap/extension-list/bullet-list'
import { ListItem } from '@tiptap/extension-list/item'
import { OrderedList } from '@tiptap/extension-list/ordered-list'
import Paragraph from '@tiptap/extension-paragraph'
import Strike from '@tiptap/extension-strike'
import Text from '@tiptap/extension-text'

export const SCHEMA_VERSION = 1

const LINK = /^(https?:\/\/|mailto:|tel:)\S+$/i

/** Whether an address may stand in a link: web, mail or telephone, nothing that runs. */
export function isAllowedLink(address: string | null | undefined): boolean {
  return LINK.test(address?.trim() ?? '')
}

/** Only the address is text; how a link opens is the page's business. */
const PlainLink = Link.extend({
  addAttributes: () => ({ href: { default: null } }),
}).configure({
  openOnClick: false,
  defaultProtocol: 'https',
  isAllowedUri: (address) => isAllowedLink(address),
  HTMLAttributes: { target: '_blank', rel: 'noopener noreferrer nofollow' },
})

const NumberedList = OrderedList.extend({
  addAttributes: () => ({
    start: {
      default: 1,
      parseHTML: (element: HTMLElement) => Number.parseInt(element.getAttribute('start') ?? '1', 10) || 1,
    },
  }),
})

/** An anchor for a question: it says nothing itself, does not grow while typing, and may overlap others. */
const Comment = Mark.create({
  name: 'comment',
  inclusive: false,
  excludes: '',
  addAttributes: () => ({
    id: {
      default: null,
      parseHTML: (element: HTMLElement) => element.getAttribute('data-comment'),
      renderHTML: ({ id }: Record<string, unknown>) => ({ 'data-comment': id }),
    },
  }),
  parseHTML: () => [{ tag: 'span[data-comment]' }],
  renderHTML: ({ HTMLAttributes }) => ['span', { class: 'asked', ...HTMLAttributes }, 0],
})

export function schemaExtensions(): Extensions {
  return [
    Document,
    Paragraph,
    Text,
    Heading.configure({ levels: [3, 4] }),
    BulletList,
    NumberedList,
    ListItem,
    Blockquote,
    HardBreak,
    Bold,
    Italic,
    Strike,
    Code,
    PlainLink,
    Comment,
  ]
}
