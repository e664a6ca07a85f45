/** Tab indents in lists. After Escape the next Tab, forwards or backwards, leaves the text. */
import { Extension } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'

export const LeaveByTab = Extension.create({
  name: 'leaveByTab',
  // Before the lists' own keys.
  priority: 2000,

  addProseMirrorPlugins() {
    let isLeaving = false
    return [
      new Plugin({
        key: new PluginKey('leaveByTab'),
        props: {
          handleDOMEvents: {
            keydown: (_view, event) => {
              if (event.key === 'Escape') {
                isLeaving = true
                return false
              }
              const leaves = isLeaving && event.key === 'Tab'
              if (event.key !== 'Shift') isLeaving = false
              // True keeps the editor's keys away from the event; the browser then moves the focus.
              return leaves
            },
            blur: () => {
              isLeaving = false
              return false
            },
          },
        },
      }),
    ]
  },
})
