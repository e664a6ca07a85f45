/**
 * Deals of a CRM become proposals, and what becomes of these flows back: examples/crm_sync.py in TypeScript.
 *
 *   npm ci && npm run build
 *   node build/crm_sync.js push ../deals/deal-4711.json
 *   node build/crm_sync.js pull ../deals
 *
 * `npm run build` makes `schema.d.ts` of docs/openapi.yaml, so that every address, field and answer below is checked by
 * the compiler. SAMESIDE_URL and SAMESIDE_TOKEN say where and who.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import createClient from 'openapi-fetch'
import type { components, paths } from './schema.js'

type Problem = components['schemas']['Problem']
type Page<Row> = { results: Row[], next: string | null }
type Deal = {
  id: string
  title: string
  currency: string
  contact: components['schemas']['Contact']
  lines: { id: string, title: string, quantity: string, unit: string, unit_price: string }[]
  proposal?: { id: string, state: string, url: string, total?: string }
}

/** The API said no; the text says what and where. */
class Refused extends Error {}

const api = createClient<paths>({
  baseUrl: process.env.SAMESIDE_URL ?? 'http://127.0.0.1:8000',
  headers: { Authorization: `Bearer ${process.env.SAMESIDE_TOKEN}` }
})

/** What came back. Throws the words of the API, which are meant for people. */
async function answer<Data> (asked: Promise<{ data?: Data, error?: Problem }>): Promise<Data> {
  const { data, error } = await asked
  if (data !== undefined) return data
  const places = (error?.errors ?? []).map(one => `\n  ${one.pointer}: ${one.detail}`).join('')
  throw new Refused(error ? `${error.status} ${error.code}: ${error.detail}${places}` : 'The answer was empty.')
}

/** Every row of a list, page after page: the cursor of the next page stands in `next`. */
async function * every<Row> (ask: (cursor?: string) => Promise<{ data?: Page<Row>, error?: Problem }>): AsyncGenerator<Row> {
  let cursor: string | undefined
  do {
    const page: Page<Row> = await answer(ask(cursor))
    yield * page.results
    cursor = page.next === null ? undefined : new URL(page.next).searchParams.get('cursor') ?? undefined
  } while (cursor)
}

async function first<Row> (rows: AsyncGenerator<Row>): Promise<Row | undefined> {
  for await (const row of rows) return row
  return undefined
}

/** Make a deal's proposal, or go on where the last push stopped; share it; note its address in the deal. */
async function push (file: string): Promise<void> {
  const deal: Deal = JSON.parse(readFileSync(file, 'utf8'))
  const found = await first(every(cursor => api.GET('/api/v1/proposals/', { params: { query: { cursor, external_id: deal.id } } })))
  let proposal: components['schemas']['Proposal'] = found ?? await answer(api.POST('/api/v1/proposals/', {
    params: { header: { 'Idempotency-Key': `proposal-${deal.id}` } },
    body: { title: deal.title, currency: deal.currency, client: deal.contact, external_id: deal.id }
  }))
  await pushLines(proposal.id, deal)
  if (proposal.state === 'preparing') { // the contact gets the invitation now
    proposal = await answer(api.POST('/api/v1/proposals/{proposal_id}/share/', {
      params: { path: { proposal_id: proposal.id }, header: { 'Idempotency-Key': `share-${deal.id}` } }
    }))
  }
  deal.proposal = { id: proposal.id, state: proposal.state, url: proposal.page_url }
  writeFileSync(file, JSON.stringify(deal, null, 2))
  console.log(`${deal.id}: ${proposal.state}, ${proposal.page_url}`)
}

/** Add those lines of a deal that are not there yet, in a price section of the deal's own. */
async function pushLines (proposal: string, deal: Deal): Promise<void> {
  const section = await first(every(cursor => api.GET('/api/v1/proposals/{proposal_id}/sections/', {
    params: { path: { proposal_id: proposal }, query: { cursor, external_id: deal.id } }
  }))) ?? await answer(api.POST('/api/v1/proposals/{proposal_id}/sections/', {
    params: { path: { proposal_id: proposal }, header: { 'Idempotency-Key': `section-${deal.id}` } },
    body: { title: 'Price', kind: 'pricing', external_id: deal.id }
  }))
  const path = { proposal_id: proposal, section_id: section.id }
  const there = new Set<string>()
  const lines = every(cursor => api.GET('/api/v1/proposals/{proposal_id}/sections/{section_id}/lines/', { params: { path, query: { cursor } } }))
  for await (const line of lines) there.add(line.external_id)
  for (const line of deal.lines.filter(one => !there.has(one.id))) {
    await answer(api.POST('/api/v1/proposals/{proposal_id}/sections/{section_id}/lines/', {
      params: { path, header: { 'Idempotency-Key': `line-${deal.id}-${line.id}` } },
      body: {
        kind: 'unit',
        title: line.title,
        quantity: line.quantity, // strings, as all numbers that count in a price
        unit_label: line.unit,
        unit_price: line.unit_price,
        external_id: line.id
      }
    }))
  }
}

/** Write state and total of every proposal that changed since the last pull into its deal. */
async function pull (folder: string): Promise<void> {
  const note = join(folder, '.pulled')
  const since = existsSync(note) ? readFileSync(note, 'utf8') : undefined
  let latest = since
  const changed = every(cursor => api.GET('/api/v1/proposals/', { params: { query: { cursor, updated_since: since } } }))
  for await (const proposal of changed) {
    if (!latest || new Date(proposal.updated_at) > new Date(latest)) latest = proposal.updated_at
    const file = join(folder, `${proposal.external_id}.json`)
    if (!proposal.external_id || !existsSync(file)) continue // nothing of this CRM's
    const price = await answer(api.GET('/api/v1/proposals/{proposal_id}/pricing/', {
      params: { path: { proposal_id: proposal.id } }
    }))
    const deal: Deal = JSON.parse(readFileSync(file, 'utf8'))
    const known = { id: proposal.id, state: proposal.state, url: proposal.page_url, total: price.total_display }
    if (JSON.stringify(deal.proposal) === JSON.stringify(known)) continue
    writeFileSync(file, JSON.stringify({ ...deal, proposal: known }, null, 2))
    console.log(`${proposal.external_id}: ${proposal.state}, ${price.total_display}`)
  }
  if (latest) writeFileSync(note, latest)
}

const [command, place] = process.argv.slice(2)
const run = { push, pull }[command as 'push' | 'pull']
if (!run || !place || !process.env.SAMESIDE_TOKEN) {
  console.error('Usage: SAMESIDE_TOKEN=… node build/crm_sync.js push DEAL.json | pull FOLDER')
  process.exit(1)
}
run(place).catch((error: unknown) => {
  if (!(error instanceof Refused)) throw error
  console.error(`The API refused: ${error.message}`)
  process.exit(1)
})
