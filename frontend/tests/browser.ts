/** A document to test with; what the modules under test take from the global scope is put there. */
import { Window } from 'happy-dom'

const GLOBALS = [
  'Node',
  'NodeFilter',
  'Element',
  'HTMLElement',
  'HTMLInputElement',
  'HTMLSelectElement',
  'HTMLTextAreaElement',
  'HTMLFormElement',
  'HTMLDialogElement',
  'DOMParser',
  'document',
  'location',
  'window',
] as const

export function openWindow(html = ''): Window {
  const window = new Window({ url: 'https://sameside.example/p/1' })
  window.document.body.innerHTML = html
  for (const name of GLOBALS) {
    Object.defineProperty(globalThis, name, { value: window[name as keyof Window], configurable: true, writable: true })
  }
  return window
}

export function parseHtml(html: string): Document {
  const window = openWindow()
  return new window.DOMParser().parseFromString(html, 'text/html') as unknown as Document
}
