/** The editor's schema, put together from TipTap's extensions as `frontend/editor` does it. */
import { getSchema, Mark } from '@tiptap/core'
import { Blockquote } from '@tiptap/extension-blockquote'
import { Bold } from '@tiptap/extension-bold'
import { Code } from '@tiptap/extension-code'
import { Document } from '@tiptap/extension-document'
import { HardBreak } from '@tiptap/extension-hard-break'
import { Heading } from '@tiptap/extension-heading'
import { Italic } from '@tiptap/extension-italic'
import { Link } from '@tiptap/extension-link'
import { BulletList, ListItem, OrderedList } from '@tiptap/extension-list'
import { Paragraph } from '@tiptap/extension-paragraph'
import { Strike } from '@tiptap/extension-strike'
import { Text } from '@tiptap/extension-text'

const Comment = Mark.create({
  name: 'comment',
  inclusive: false,
  excludes: '',
  addAttributes: () => ({ id: { default: null } }),
  renderHTML: ({ HTMLAttributes }) => ['span', { 'data-comment': HTMLAttributes.id }, 0]
})

export const schema = getSchema([
  Document, Paragraph, Text, Heading.configure({ levels: [3, 4] }), BulletList, OrderedList, ListItem, Blockquote,
  HardBreak, Bold, Italic, Strike, Code, Comment,
  Link.extend({ addAttributes: () => ({ href: { default: null } }) }).configure({ HTMLAttributes: { target: null, rel: 'noopener nofollow', class: null } })
])
