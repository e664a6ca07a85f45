/**
 * A last guard before binding: ProseMirror's binding deletes, for everybody, what the schema does not know. If a
 * fragment holds such a thing, the page must not bind to it.
 */
import { getSchema } from '@tiptap/core'
import type { Schema } from '@tiptap/pm/model'
import * as Y from 'yjs'

import { schemaExtensions } from './schema'

let schema: Schema | null = null

export function holdsUnknownContent(parent: Y.XmlFragment | Y.XmlElement): boolean {
  schema ??= getSchema(schemaExtensions())
  const { nodes, marks } = schema
  return parent.toArray().some((child) => {
    if (child instanceof Y.XmlText) {
      return child.toDelta().some(({ attributes }: { attributes?: Record<string, unknown> }) =>
        Object.keys(attributes ?? {}).some((name) => !marks[markName(name)]),
      )
    }
    if (!(child instanceof Y.XmlElement)) return true
    return !nodes[child.nodeName] || holdsUnknownContent(child)
  })
}

/** Marks that may overlap are stored as `comment--<hash>`. */
function markName(stored: string): string {
  return stored.replace(/--[a-zA-Z0-9+/=]{8}$/, '')
}
