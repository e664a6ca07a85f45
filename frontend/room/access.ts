/**
 * May this section be written here and now? Agreed text is safe from stray keys, and on a phone every text is safe
 * from thumbs, until "Change this" (`[data-unlock]`) is pressed.
 */
import type { Access } from '../editor/editor'
import type { MayWrite } from './room-facts'

export interface AccessFacts {
  mayWrite: MayWrite
  isFrozen: boolean
  /** Both parties have agreed to it. */
  isLocked: boolean
  isUnlocked: boolean
  isPhone: boolean
}

export function accessOf({ mayWrite, isFrozen, isLocked, isUnlocked, isPhone }: AccessFacts): Access {
  if (isFrozen || mayWrite === 'false') return 'read'
  if ((isLocked || isPhone) && !isUnlocked) return 'read'
  return mayWrite === 'confirm' ? 'confirm' : 'write'
}

/** Remembers which sections "Change this" has opened; agreeing to one closes it again. */
export class Unlocked {
  private readonly sections = new Set<string>()
  private readonly wasLocked = new Map<string, boolean>()

  open(section: string): void {
    this.sections.add(section)
  }

  /** `isLocked` as the page says now. */
  isOpen(section: string, isLocked: boolean): boolean {
    if (isLocked && this.wasLocked.get(section) === false) this.sections.delete(section)
    this.wasLocked.set(section, isLocked)
    return this.sections.has(section)
  }
}
