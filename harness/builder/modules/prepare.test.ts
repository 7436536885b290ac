import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { prepareFolder } from './prepare.js'

const kernel = { release: '6.1.9', tree: '/cache/tree' }
const root = t.testdir({ module: { 'in.txt': '1' } })
const place = { build: root, name: 'module', tree: kernel.tree }
const never = new AbortController().signal
const prepare = (command: string, signal = never, limitMs?: number) =>
  prepareFolder(place, command, kernel, signal, limitMs)

/** Waits for the death of the process whose id is in a file; the test's timeout ends it. */
async function death(file: string): Promise<void> {
  const stat = `/proc/${(await readFile(join(root, 'module', file), 'utf8')).trim()}/stat`
  // A zombie is dead.
  while (/^\d+ \(.*\) [^ZX]/.test(await readFile(stat, 'utf8').catch(() => ''))) await pause(10)
}

t.test('it runs in the folder, and gets the kernel', async t => {
  await prepare('cat in.txt > out.txt; echo $kernelver $kernel_source_dir >> out.txt')
  t.equal(await readFile(join(root, 'module/out.txt'), 'utf8'), '16.1.9 /cache/tree\n')
})

t.test('what it said is shown by its beginning and its end', async t => {
  const failed = { code: 'PREPARE_FAILED', exitCode: 1 }
  await t.rejects(prepare('seq 100; echo "no such thing" >&2; exit 7'), {
    ...failed,
    message: /^prepare of module\/ exits with 7: seq/,
    detail: /^1\n2\n3\n[^]*\n20\n… 61 lines\n82\n[^]*\n100\nno such thing$/,
  })
  await t.rejects(prepare('yes'), { ...failed, detail: /^y\ny\n[^]*… \d+ lines/ }, 'without end')
})

t.test('a hang is reported as such, and nothing of it is left', async t => {
  await t.rejects(prepare('sleep 600 & echo $! > pid; echo begun; wait', never, 1000), {
    code: 'PREPARE_FAILED',
    exitCode: 1,
    message: /^prepare of module\/ has not ended in 1 s: sleep 600/,
    detail: 'begun',
  })
  await death('pid')
})

t.test('an interruption ends it', async t => {
  const over = new AbortController()
  const running = prepare('echo $$ > pid2; sleep 600', over.signal)
  const file = join(root, 'module/pid2')
  while (!existsSync(file) || (await readFile(file, 'utf8')) === '') await pause(10)
  over.abort(new Error('interrupted'))
  await t.rejects(running, { message: 'interrupted' })
  await death('pid2')
})
