/**
 * Joins a proposal's live room with a ticket and writes a paragraph, beside whoever is typing there.
 *
 *   SAMESIDE_TOKEN=same_… node examples/write_in_room.mjs PROPOSAL SECTION "Words to add"
 *
 * The ticket lets this program in as the token's person, for ten minutes; the token needs proposals:read and
 * proposals:write, and must be a person's own. SAMESIDE_URL says where. Prints what the section says in the end.
 */
import { addParagraph } from './provider.mjs'

const [proposal, section, words] = process.argv.slice(2)
const { SAMESIDE_URL: root = 'http://127.0.0.1:8000', SAMESIDE_TOKEN: token } = process.env
if (!token || !words) {
  console.error('Usage: SAMESIDE_TOKEN=same_… node examples/write_in_room.mjs PROPOSAL SECTION "Words to add"')
  process.exit(1)
}

/** What the API answers. Ends the program with its words if it refuses, or if nothing answers there. */
async function ask (path, method = 'GET') {
  const request = { method, headers: { Authorization: `Bearer ${token}` } }
  const answer = await fetch(`${root}/api/v1/proposals/${proposal}/${path}`, request).catch(error => {
    console.error(`Nothing answers at ${root}: ${error.cause?.code ?? error.message}`)
    process.exit(1)
  })
  const given = await answer.json()
  if (!answer.ok) {
    console.error(`The API refused: ${given.status} ${given.code}: ${given.detail}`)
    process.exit(1)
  }
  return given
}

await ask(`sections/${section}/`) // a room closes the connection of who writes where no section is
const given = await ask('room-tickets/', 'POST')

// `url` is the whole address of the socket; y-websocket wants its parts.
const socket = new URL(given.url)
const server = `${socket.protocol}//${socket.host}${socket.pathname.slice(0, socket.pathname.lastIndexOf('/'))}`
const text = await addParagraph({ server, proposal, ticket: given.ticket, section, words })
console.log(text.join('\n'))
process.exit(0)
