import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { storedKinds } from '../builder/index.js'
import { readProject } from '../project/project.js'
import { packageRoot } from '../platform/files/package-root.js'
import { Terminal } from '../platform/terminal/terminal.js'
import { execute } from './clean.js'

void t.test('everything that is stored in the cache is deleted, and nothing of others', async t => {
  const names = [...storedKinds, 'sources', 'not-of-modprove']
  const cache = t.testdir(Object.fromEntries(names.map(name => [name, { file: 'content' }])))
  process.env['MODPROVE_CACHE'] = cache
  const project = { ...(await readProject(packageRoot)), state: join(cache, 'no-state') }
  const { signal } = new AbortController()
  const terminal = new Terminal(process.stderr)
  const clean = (dryRun: boolean) =>
    execute({ args: [], options: { dryRun }, terminal, signal, project: async () => project })
  t.equal(await clean(true), 0)
  t.strictSame((await readdir(cache)).sort(), names.sort())
  t.equal(await clean(false), 0)
  t.strictSame(await readdir(cache), ['not-of-modprove'])
})
