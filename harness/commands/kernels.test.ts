import { execFile } from 'node:child_process'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { NOBODY, rememberIndex } from '../builder/archive/archive.fixture.js'
import { loadCatalogue } from '../builder/index.js'
import { WITHOUT_COLOURS } from '../platform/terminal/colours.js'
import { commandFile } from '../platform/files/package-root.js'
import { privateFolder } from '../platform/files/private-folder.js'

void t.test('outside a project, kernels are listed as images/ alone describes them', async t => {
  await using folder = await privateFolder()
  const cache = join(folder.path, 'cache')
  for (const { name, suites } of await loadCatalogue()) {
    for (const suite of suites) {
      await rememberIndex(cache, suite, [`${name}.7-1`], name)
      const now = new Date()
      await utimes(join(cache, 'archive', suite, 'updated-from'), now, now)
    }
  }
  const own = { MODPROVE_CACHE: cache, MODPROVE_MIRROR: NOBODY }
  const env = { ...process.env, ...WITHOUT_COLOURS, ...own }
  const command = [commandFile, 'kernels']
  const ended = await promisify(execFile)(process.execPath, command, { cwd: folder.path, env })
  t.match(ended.stdout, /^6\.1 {2}linux-source-6\.1 .*\n {2}6\.1\.7 +newest +\S+ +not built$/m)
  t.match(ended.stdout, /^ {2}distro:bookworm {2}distro:bookworm\/cloud .*Debian 12\.$/m)
  t.match(ended.stdout, /^flavours: plain, debug/m)
  t.equal(ended.stderr, '')
})
