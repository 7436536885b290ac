import { chmod, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import t from 'tap'
import { script } from '../../platform/process/script.js'
import { silent } from '../../platform/terminal/progress.js'
import { fullDiskFaults } from './faults/full-disk.js'
import { makeFault } from './make-fault.js'
import { inMountNamespace } from './mount-namespace.js'

void t.test('without mounts, faults that need them are skipped with the reason', async t => {
  const folder = t.testdir()
  const path = process.env['PATH'] ?? ''
  t.teardown(() => (process.env['PATH'] = path))
  const words = 'unshare: unshare failed: Operation not permitted'
  await writeFile(join(folder, 'unshare'), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`)
  await chmod(join(folder, 'unshare'), 0o755)
  process.env['PATH'] = `${folder}${delimiter}${path}`
  const context = { kernel: '6.1', seed: 1, signal: new AbortController().signal, progress: silent }
  const fast = fullDiskFaults.filter(fault => fault.fast === true)
  t.not(fast.length, 0)
  for (const fault of fast)
    t.match(await makeFault(fault, context), { ok: true, skipped: words, broken: [], checks: 0 })
})

void t.test('a command’s mounts are private', async t => {
  const folder = t.testdir({ file: 'below' })
  const lines = ['mount -t tmpfs none "$1" && touch "$1/own" && ls "$1"; shift', '"$@"']
  const wrapper = await inMountNamespace(lines, folder).catch((error: unknown) => {
    t.match(error, { code: 'NO_NAMESPACE', message: /may not mount/ })
  })
  if (wrapper === undefined) {
    t.comment('this host refuses mounts')
    return
  }
  const { stdout } = await script()`${wrapper} echo ran`
  t.equal(stdout, 'own\nran\n')
  t.equal((await script()`ls ${folder}`).stdout, 'file\n')
})
