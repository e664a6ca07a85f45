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
  if (!lost.some(({ clock, len }) => runsNotNamed(named, own, clock, len).length > 0)) return []
  const found: Swept[] = []
  for (const [fragment, root] of transaction.doc.share) {
    let offset = 0
    for (const [item, text] of lettersBefore(root, transaction)) {
      const isMineAndGone = item.id.client === own && item.deleted
      const runs = isMineAndGone ? runsNotNamed(named, own, item.id.clock, text.length) : []
      for (const [from, to] of runs) add(found, { fragment, offset: offset + from, text: text.slice(from, to) })
      offset += text.length
    }
  }
  return found
}

/** The parts of a run of letters, as `[from, to)` within it, that `named` does not name. An item may be named in part. */
function runsNotNamed(named: DeleteSet, client: number, clock: number, length: number): [number, number][] {
  const runs: [number, number][] = []
  let from = 0
  const inOrder = [...(named.clients.get(client) ?? [])].sort((a, b) => a.clock - b.clock)
  for (const run of inOrder) {
    const start = Math.min(Math.max(run.clock - clock, from), length)
    if (start > from) runs.push([from, start])
    from = Math.max(from, run.clock + run.len - clock)
    if (from >= length) return runs
  }
  runs.push([from, length])
  return runs
}

function add(found: Swept[], swept: Swept): void {
  const last = found.at(-1)
  if (last?.fragment === swept.fragment && last.offset + last.text.length === swept.offset) last.text += swept.text
  else found.push(swept)
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
