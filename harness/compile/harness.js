// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { entries } from './entries.js'
import { shadowOf } from './shadow.js'
import { compiled } from './store.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const source = (/** @type {string} */ path) => join(root, 'harness', path)

/** Folder of a package's JavaScript, in place of the sources. */
export const COMPILED = join(root, 'compiled')

/** @returns {import('./bundle.js').Sources} */
export const harnessSources = () => ({
  entries: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, source(path)])),
  inline: ['execa'],
})

/** @returns {Promise<string>} folder of the entries' JavaScript, in the cache or the package */
export async function compiledHarness() {
  // By the sources, because a clone that was packed may still have the package's folder.
  if (!existsSync(source(entries.main))) return COMPILED
  return compiled(join(shadowOf(root), 'js'), 'harness', harnessSources())
}
