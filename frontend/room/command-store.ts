/** Commands without an answer, in this browser's IndexedDB. */
import * as idb from 'lib0/indexeddb'

const DATABASE = 'sameside-commands'
const STORE = 'commands'

export interface KeptCommand {
  /** Its idempotency key: however many pages send it, it is carried out once. */
  key: string
  /** Whose it is, and where it was made. */
  user: string
  room: string
  epoch: number
  /** When it was made, in milliseconds, and its place among those of its page. */
  at: number
  turn: number
  /** Path of the address, and the fields as they were sent. */
  path: string
  body: string
  /** What was changed and to what, for the person to read. */
  title: string
  words: string
}

export interface CommandStore {
  all(): Promise<KeptCommand[]>
  put(commands: readonly KeptCommand[]): Promise<unknown>
  forget(keys: readonly string[]): Promise<unknown>
}

/** Rejects where the browser keeps nothing, as in some private windows. */
export async function openCommandStore(): Promise<CommandStore> {
  const db = await idb.openDB(DATABASE, (made) =>
    idb.createStores(made, [[STORE, { keyPath: 'key' } as unknown as string]]),
  )
  db.onversionchange = () => db.close()
  const store = (access: 'readonly' | 'readwrite' = 'readwrite'): IDBObjectStore => {
    const [opened] = idb.transact(db, [STORE], access) as [IDBObjectStore]
    return opened
  }
  const change = (work: (opened: IDBObjectStore) => IDBRequest[]): Promise<unknown> => {
    // A browser that is out of space keeps nothing; the page goes on as without this.
    return Promise.allSettled(work(store()).map((request) => idb.rtop(request)))
  }
  return {
    all: async () => (await idb.getAll(store('readonly'))) as KeptCommand[],
    put: (commands) => change((opened) => commands.map((each) => opened.put(each))),
    forget: (keys) => change((opened) => keys.map((key) => opened.delete(key))),
  }
}
