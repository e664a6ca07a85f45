/** One section's text, bound to its fragment of the room's document. */
import { Editor, type JSONContent } from '@tiptap/core'
import Collaboration from '@tiptap/extension-collaboration'
import { Placeholder } from '@tiptap/extensions/placeholder'
import { initProseMirrorDoc } from '@tiptap/y-tiptap'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

import { CaretKeeper } from './caret-keeper'
import { Carets } from './carets'
import { LeaveByTab } from './leave-by-tab'
import { CleanPaste } from './paste'
import { schemaExtensions } from './schema'

/** What may be done with the text: write it, look as if (the first try asks who one is), or read it. */
export type Access = 'write' | 'confirm' | 'read'

/** Which node of the editor shows which element of the room's document. */
type Mapping = ReturnType<typeof initProseMirrorDoc>['mapping']

export interface SectionText {
  /** Where the server's HTML stands; it becomes the editor. */
  element: HTMLElement
  fragment: Y.XmlFragment
  awareness: Awareness
  /** The section's title. */
  label: string
  access: Access
}

export function openEditor({ element, fragment, awareness, label, access }: SectionText): Editor {
  // The editor begins with the room's text, not with an empty paragraph that the binding would then replace.
  const mapping: Mapping = new Map()
  return new Editor({
    element: { mount: element },
    injectCSS: false,
    editable: access === 'write',
    editorProps: { attributes: attributesFor(label, access) },
    onBeforeCreate: ({ editor }) => {
      if (fragment.length === 0) return
      const initial = initProseMirrorDoc(fragment, editor.schema)
      // TipTap takes a node as it is; its type says JSON only.
      editor.options.content = initial.doc as unknown as JSONContent
      for (const [type, node] of initial.mapping) mapping.set(type, node)
    },
    extensions: [
      ...schemaExtensions(),
      Collaboration.configure(fragment.length > 0 ? { fragment, ySyncOptions: { mapping } } : { fragment }),
      Carets.configure({ awareness }),
      CaretKeeper,
      CleanPaste,
      LeaveByTab,
      Placeholder.configure({ placeholder: 'Write here…' }),
    ],
  })
}

/** Opens or closes the text for writing, and says so to assistive technology. */
export function setAccess(editor: Editor, label: string, access: Access): void {
  editor.setOptions({ editable: access === 'write', editorProps: { attributes: attributesFor(label, access) } })
}

/** A text box while it can be written; otherwise plain text in a named group, read like the rest of the page. */
function attributesFor(label: string, access: Access): Record<string, string> {
  const name = `Text of ${label}`
  if (access === 'read') return { role: 'group', 'aria-label': name }
  const box = { role: 'textbox', 'aria-multiline': 'true', 'aria-label': name }
  return access === 'confirm' ? { ...box, tabindex: '0' } : box
}
