/** What the server would write on this page by now about what I may do. Loaded on demand: roles rarely change. */
import type { MayWrite } from './room-facts'

/** Null where the page can't be had. */
export async function mayWriteNow(fetcher: typeof fetch = fetch): Promise<MayWrite | null> {
  try {
    const response = await fetcher(location.href, { credentials: 'same-origin' })
    if (!response.ok) return null
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const says = page.getElementById('room')?.dataset.mayWrite
    return says === 'true' || says === 'false' || says === 'confirm' ? says : null
  } catch {
    return null
  }
}
