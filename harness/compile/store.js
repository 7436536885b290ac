// @ts-check
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { bundle } from './bundle.js'

/** To be raised when the same sources compile to other JavaScript. */
const RECIPE = '3'
const UNUSED_DAYS = 7

/**
 * The last compilation of a name: its folder, and its sources' digest and paths in the store.
 * @typedef {{ folder: string, digest: string, inputs: string[] }} Manifest
 */

/**
 * Compiles the sources, unless the store has the output for their current contents.
 * @param {string} store folder of all output, with an unchanging folder per version
 * @param {string} name of the output, unique in the store
 * @param {import('./bundle.js').Sources} sources
 * @param {string} [salt] what else the output depends on
 * @returns {Promise<string>} folder of `<entry>.mjs`, for each entry
 * @throws esbuild's BuildFailure when a source does not compile, or an error of the file system
 */
export async function compiled(store, name, sources, salt = '') {
  const manifestFile = join(store, `${name}.json`)
  const known = readManifest(manifestFile)
  if (known !== undefined && digestNow(store, known.inputs, salt) === known.digest) {
    const folder = join(store, known.folder)
    if (isThere(folder)) return markUsed(folder, manifestFile)
  }
  mkdirSync(store, { recursive: true })
  // In the store, because source maps have paths relative to it.
  const scratch = mkdtempSync(join(store, 'new-'))
  try {
    const read = await bundle(sources, scratch)
    const inputs = [...read.keys()].map(path => relative(store, path)).sort()
    const digest = digestOf(inputs, salt, path => read.get(join(store, path)) ?? '')
    const version = `${name}-${digest.slice(0, 16)}`
    const folder = join(store, version)
    // Another process may have been faster.
    if (!isThere(folder)) publish(scratch, folder)
    const manifest = { folder: version, digest, inputs }
    writeFileSync(`${scratch}.json`, JSON.stringify(manifest))
    renameSync(`${scratch}.json`, manifestFile)
    removeUnused(store)
    return folder
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * @param {string} file
 * @returns {Manifest | undefined} undefined if missing or broken; not by zod, which loads slowly
 */
function readManifest(file) {
  try {
    const manifest = JSON.parse(readFileSync(file, 'utf8'))
    return Array.isArray(manifest.inputs) && typeof manifest.folder === 'string'
      ? manifest
      : undefined
  } catch {
    return undefined
  }
}

/**
 * @param {string} store
 * @param {readonly string[]} inputs
 * @param {string} salt
 * @returns {string | undefined} undefined when a source is gone
 */
function digestNow(store, inputs, salt) {
  try {
    return digestOf(inputs, salt, path => readFileSync(join(store, path)))
  } catch {
    return undefined
  }
}

/**
 * @param {readonly string[]} inputs
 * @param {string} salt
 * @param {(path: string) => Buffer | string} contentOf
 */
function digestOf(inputs, salt, contentOf) {
  const hash = createHash('sha256').update(`${RECIPE}\0${salt}`)
  for (const path of inputs) {
    const content = contentOf(path)
    hash.update(`\0${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** @param {string} path */
const isThere = path => statSync(path, { throwIfNoEntry: false }) !== undefined

/**
 * @param {string} from
 * @param {string} to
 */
function publish(from, to) {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!isThere(to)) throw error
  }
}

/**
 * @param {string} folder
 * @param {string} manifest
 */
function markUsed(folder, manifest) {
  const now = new Date()
  for (const path of [folder, manifest]) {
    try {
      utimesSync(path, now, now)
    } catch {
      // Of another user, or read-only: then nothing is removed there either.
    }
  }
  return folder
}

/**
 * Removes versions that no process has started with for days.
 * @param {string} store
 */
function removeUnused(store) {
  const limit = Date.now() - UNUSED_DAYS * 86_400_000
  for (const name of readdirSync(store)) {
    const path = join(store, name)
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
    if (changed < limit) rmSync(path, { recursive: true, force: true })
  }
}
