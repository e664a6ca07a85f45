/**
 * Letters of mine that somebody else's change took away without its author having seen them.
 *
 * Turning a paragraph into a heading or a list item replaces its element: what stood in the old one is deleted, and
 * a copy of it, as the author saw it, stands in the new one. A letter that was still on its way, or was typed
 * offline, is deleted with the old element and is not in the copy. Who deletes a letter on purpose names it in the
 * update's delete set; a letter that is deleted here and not named there was swept away.
 */
import * as Y from 'yjs'

/** A run of such letters: `offset` is how many letters of the fragment's text stood before it. */
export interface Swept {
  fragment: string
  offset: number
  text: string
}

type DeleteSet = Y.Transaction['deleteSet']

/** What an update deletes by name. */
export function deletedByName(update: Uint8Array): DeleteSet {
  return Y.decodeUpdate(update).ds
}

/**
 * My letters that `transaction` removes and `named` does not name, in the order of the text.
 *
 * To be called before the transaction's observers: the deleted content is still there then.
 */
export function sweptAway(transaction: Y.Transaction, named: DeleteSet): Swept[] {
  const own = transaction.doc.clientID
  const lost = transaction.deleteSet.clients.get(own) ?? []
  const isSwept = (item: Y.Item) =>
    item.id.client === own && Y.isDeleted(transaction.deleteSet, item.id) && !Y.isDeleted(named, item.id)
  if (!lost.some(({ clock, len }) => !coversRun(named, own, clock, len))) return []
  const found: Swept[] = []
  for (const [fragment, root] of transaction.doc.share) {
    let offset = 0
    for (const [item, text] of lettersBefore(root, transaction)) {
      const last = found.at(-1)
      if (!isSwept(item)) offset += text.length
      else if (last?.fragment === fragment && last.offset + last.text.length === offset) {
        last.text += text
        offset += text.length
      } else {
        found.push({ fragment, offset, text })
        offset += text.length
      }
    }
  }
  return found
}

function coversRun(named: DeleteSet, client: number, clock: number, length: number): boolean {
  return (named.clients.get(client) ?? []).some((run) => run.clock <= clock && clock + length <= run.clock + run.len)
}

/** The runs of letters below `type` as they stood before the transaction. */
function* lettersBefore(type: Y.AbstractType<Y.YEvent<Y.XmlFragment>>, transaction: Y.Transaction): Generator<[Y.Item, string]> {
  for (let item = type._start; item !== null; item = item.right) {
    const isNew = item.id.clock >= (transaction.beforeState.get(item.id.client) ?? 0)
    const wasThere = !item.deleted || Y.isDeleted(transaction.deleteSet, item.id)
    if (isNew || !wasThere) continue
    if (item.content instanceof Y.ContentString) yield [item, item.content.str]
    else if (item.content instanceof Y.ContentType) yield* lettersBefore(item.content.type, transaction)
  }
}
