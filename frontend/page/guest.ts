/** A guest is asked who they are: what they were about to do is kept until they are back. Loaded when needed. */
export const KEPT = 'sameside.return'

/** `from`: the form that was refused, or the text in which somebody wanted to write. */
export function keepFor(from: Element | null): void {
  void import('../room/guest-return').then(({ keep }) => keep(from))
}

/** To be called on the room's page, once the person may write. */
export function comeBack(): void {
  if (sessionStorage.getItem(KEPT) !== null) void import('../room/guest-return').then(({ resume }) => resume())
}
