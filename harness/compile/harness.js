// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { entries } from './entries.js'
import { shadowOf } from './shadow.js'
import { compiled } from './store.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @returns {Promise<string>} folder of the entries' JavaScript, in the cache */
export async function compiledHarness() {
  const paths = Object.entries(entries).map(([name, path]) => [name, join(root, 'harness', path)])
  return compiled(join(shadowOf(root), 'js'), 'harness', {
    // A package has no fuzz.
    entries: Object.fromEntries(paths.filter(([, path = '']) => existsSync(path))),
    inline: ['execa'],
  })
}
