/** The script of every page. */
import './page/page'

import { bindDropZone } from './verify/drop'

const signing = document.querySelector<HTMLFormElement>('form[data-sign]')
if (signing) void import('./sign/sign').then(({ bindSign }) => bindSign(signing))
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  void import('./page/passkey').then(({ bindPasskeyForm }) => bindPasskeyForm(form))
}
for (const field of document.querySelectorAll<HTMLInputElement>('[data-own-zone]')) {
  field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone
}
for (const zone of document.querySelectorAll<HTMLElement>('.drop')) bindDropZone(zone)
const making = document.querySelector<HTMLElement>('[data-making]')
if (making) void import('./page/making').then(({ followMaking }) => followMaking(making))
