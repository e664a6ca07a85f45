// Hocuspocus 4 with its SQLite extension, in the simplest documented form. Environment: PORT, DB (a file).
import { Server } from '@hocuspocus/server'
import { SQLite } from '@hocuspocus/extension-sqlite'

const server = new Server({
  port: Number(process.env.PORT),
  address: '127.0.0.1',
  quiet: true,
  extensions: [new SQLite({ database: process.env.DB })],
})
server.listen()
