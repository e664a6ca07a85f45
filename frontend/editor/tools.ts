/** The writing tools: what each is called, does and shows. Icons are paths in a 20 x 20 box. */
import type { Editor } from '@tiptap/core'
import { yUndoPluginKey } from '@tiptap/y-tiptap'

export interface Tool {
  name: string
  label: string
  icon: string
  run(editor: Editor): void
  isOn?(editor: Editor): boolean
  isUsable?(editor: Editor): boolean
}

/** `editLink` asks for the address, which needs a dialog. */
export function writingTools(editLink: (editor: Editor) => void): Tool[] {
  return [
    {
      name: 'bold',
      label: 'Bold',
      icon: 'M6 4h5a3 3 0 0 1 0 6H6zM6 10h6a3 3 0 0 1 0 6H6z',
      run: (editor) => editor.chain().focus().toggleBold().run(),
      isOn: (editor) => editor.isActive('bold'),
    },
    {
      name: 'italic',
      label: 'Italic',
      icon: 'M9 4h5M6 16h5M12 4 8 16',
      run: (editor) => editor.chain().focus().toggleItalic().run(),
      isOn: (editor) => editor.isActive('italic'),
    },
    {
      name: 'link',
      label: 'Link',
      icon: 'M9 11a3 3 0 0 0 4.5.3l2-2a3 3 0 0 0-4.2-4.2l-1 1M11 9a3 3 0 0 0-4.5-.3l-2 2a3 3 0 0 0 4.2 4.2l1-1',
      run: editLink,
      isOn: (editor) => editor.isActive('link'),
    },
    {
      name: 'heading',
      label: 'Heading',
      icon: 'M5 4v12M13 4v12M5 10h8',
      run: (editor) => editor.chain().focus().toggleHeading({ level: 3 }).run(),
      isOn: (editor) => editor.isActive('heading'),
    },
    {
      name: 'list',
      label: 'List',
      icon: 'M8 5h8M8 10h8M8 15h8M4 5h.01M4 10h.01M4 15h.01',
      run: (editor) => editor.chain().focus().toggleBulletList().run(),
      isOn: (editor) => editor.isActive('bulletList'),
    },
    {
      name: 'numbered-list',
      label: 'Numbered list',
      icon: 'M9 5h7M9 10h7M9 15h7M4 3.5V7M3 12h2.5L3 15h2.5',
      run: (editor) => editor.chain().focus().toggleOrderedList().run(),
      isOn: (editor) => editor.isActive('orderedList'),
    },
    {
      name: 'quote',
      label: 'Quotation',
      icon: 'M5 4v12M9 6h7M9 10h7M9 14h4',
      run: (editor) => editor.chain().focus().toggleBlockquote().run(),
      isOn: (editor) => editor.isActive('blockquote'),
    },
    {
      name: 'undo',
      label: 'Undo my last change here',
      icon: 'M4 8h8a4 4 0 0 1 0 8H8M4 8l3-3M4 8l3 3',
      run: (editor) => editor.chain().focus().undo().run(),
      isUsable: (editor) => canUndo(editor),
    },
  ]
}

function canUndo(editor: Editor): boolean {
  const state = yUndoPluginKey.getState(editor.state) as { undoManager?: { undoStack: unknown[] } } | undefined
  return (state?.undoManager?.undoStack.length ?? 0) > 0
}
