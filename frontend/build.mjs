/**
 * Builds the browser side into frontend/dist/: app.js (every page), room.js (the room), the chunk they share,
 * app.css and fonts/.
 *
 * The build fails when the bundle holds two copies of yjs (updates of one are not recognised by the other), when
 * y-prosemirror slipped in beside @tiptap/y-tiptap, or when the room's script passes its budget.
 *
 * Usage: node frontend/build.mjs [--watch]
 */
import { copyFile, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import esbuild from 'esbuild'

const ROOM_BUDGET_BYTES = 150 * 1024
const here = path.dirname(fileURLToPath(import.meta.url))
const dist = path.join(here, 'dist')

const options = {
  absWorkingDir: path.dirname(here),
  entryPoints: [
    { in: path.join(here, 'app.ts'), out: 'app' },
    { in: path.join(here, 'room.ts'), out: 'room' },
    { in: path.join(here, 'css/app.css'), out: 'app' },
  ],
  outdir: dist,
  entryNames: '[name]',
  chunkNames: 'shared-[hash]',
  assetNames: 'fonts/[name]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
  minify: true,
  sourcemap: 'external',
  metafile: true,
  legalComments: 'none',
  loader: { '.woff2': 'file' },
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
}

/** Inputs of one package in the bundle, as folders, so that two copies show as two. */
function copiesOf(name, metafile) {
  const copies = new Set()
  for (const input of Object.keys(metafile.inputs)) {
    const at = input.lastIndexOf(`node_modules/${name}/`)
    if (at >= 0) copies.add(input.slice(0, at) + name)
  }
  return [...copies]
}

/** An output and every chunk it imports at once, with names as in the metafile. */
function outputWithImports(entry, metafile, seen = new Set()) {
  if (seen.has(entry)) return seen
  seen.add(entry)
  for (const { path: imported, kind } of metafile.outputs[entry].imports) {
    if (kind !== 'dynamic-import' && metafile.outputs[imported]) outputWithImports(imported, metafile, seen)
  }
  return seen
}

async function brotliBytes(file) {
  return brotliCompressSync(await readFile(path.join(options.absWorkingDir, file))).length
}

function kibibytes(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`
}

/** Throws when the bundle breaks one of the promises above; returns the room's script size in bytes of brotli. */
async function checkBundle(metafile) {
  const yjs = copiesOf('yjs', metafile)
  if (yjs.length !== 1) throw new Error(`The bundle must hold yjs once, found: ${yjs.join(', ') || 'none'}`)
  if (copiesOf('y-prosemirror', metafile).length > 0) throw new Error('y-prosemirror must not be bundled')
  let roomBytes = 0
  for (const file of outputWithImports('frontend/dist/room.js', metafile)) roomBytes += await brotliBytes(file)
  if (roomBytes > ROOM_BUDGET_BYTES) {
    throw new Error(`The room's script is ${kibibytes(roomBytes)}, over its ${kibibytes(ROOM_BUDGET_BYTES)}`)
  }
  return roomBytes
}

/** Files of earlier builds. They go last, so that a server that runs meanwhile always finds a whole set. */
async function removeLeftovers(metafile) {
  const written = new Set(Object.keys(metafile.outputs).map((name) => path.join(options.absWorkingDir, name)))
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name)
    const isLeftover = entry.isFile() && !entry.name.startsWith('.') && !written.has(file)
    if (isLeftover) await rm(file, { force: true })
  }
}

async function report(metafile, roomBytes) {
  for (const file of Object.keys(metafile.outputs).filter((name) => /\.(js|css)$/.test(name)).sort()) {
    const { bytes } = metafile.outputs[file]
    const brotli = kibibytes(await brotliBytes(file))
    console.log(`${file.padEnd(36)} ${kibibytes(bytes).padStart(10)}  brotli ${brotli.padStart(9)}`)
  }
  console.log(`room in all: brotli ${kibibytes(roomBytes)} of ${kibibytes(ROOM_BUDGET_BYTES)}`)
}

if (process.argv.includes('--watch')) {
  await (await esbuild.context({ ...options, minify: false, logLevel: 'info' })).watch()
} else {
  const { metafile } = await esbuild.build(options)
  await removeLeftovers(metafile)
  await copyFile(path.join(here, 'icon.svg'), path.join(dist, 'icon.svg'))
  await report(metafile, await checkBundle(metafile))
}
