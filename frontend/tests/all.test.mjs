/**
 * Runs every *.test.ts of this folder: Node reads no TypeScript, so they are bundled first, packages left outside.
 * Usage: node --test frontend/tests/
 */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import esbuild from 'esbuild'

const here = path.dirname(fileURLToPath(import.meta.url))
const outdir = path.join(here, '../../node_modules/.cache/frontend-tests')
const names = (await readdir(here)).filter((name) => name.endsWith('.test.ts'))

await esbuild.build({
  entryPoints: names.map((name) => path.join(here, name)),
  outdir,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  sourcemap: 'inline',
  logLevel: 'warning',
})
for (const name of names) await import(pathToFileURL(path.join(outdir, name.replace(/\.ts$/, '.mjs'))).href)
