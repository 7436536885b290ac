// @ts-check
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { entries } from './entries.js'
import { compiled } from './store.js'

const harness = fileURLToPath(new URL('..', import.meta.url))

/** @returns {Promise<string>} folder of the entries' JavaScript */
export function compiledHarness() {
  const paths = Object.entries(entries).map(([name, path]) => [name, join(harness, path)])
  return compiled(join(harness, '../.modprove/js'), 'harness', {
    entries: Object.fromEntries(paths),
    inline: ['execa'],
  })
}
