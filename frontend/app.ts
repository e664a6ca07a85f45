/** The script of every page. */
import './page/page'

import { bindMark } from './sign/mark'
import { bindDropZone } from './verify/drop'

for (const form of document.querySelectorAll<HTMLFormElement>('form:has(.pad)')) bindMark(form)
for (const field of document.querySelectorAll<HTMLInputElement>('[data-own-zone]')) {
  field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone
}
for (const zone of document.querySelectorAll<HTMLElement>('.drop')) bindDropZone(zone)
