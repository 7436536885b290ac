import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readPageOwner } from './index.js'

/** What is read of a file in place of the kernel's, by this host's programs. */
const readFrom = (file: string) =>
  readPageOwner({
    exists: async () => true,
    exec: line =>
      new Promise(resolve => {
        const command = String(line).replaceAll('/sys/kernel/debug/page_owner', file)
        execFile('bash', ['-c', command], (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : 1, signal: null, stdout, stderr }),
        )
      }),
  })

const record = (frame: string): string =>
  `Page allocated\nPFN 1 type\n ${frame}\n vfs_write+0x1\n\n`

async function readOf(t: Test, frame: string): Promise<string | undefined> {
  const file = join(t.testdir(), 'page_owner')
  await writeFile(file, record('do_mmap+0x1/0x2') + record(frame))
  return readFrom(file)
}

void t.test('records of modules are read, and of those that are gone', async t => {
  for (const frame of ['grow+0x1/0x2 [ring_2]', 'grow+0x1/0x2 [xt_DSCP]', '0xffffffffa0001013'])
    t.equal(await readOf(t, frame), record(frame))
  t.equal(await readOf(t, 'do_mmap+0x1/0x2'), '')
})

void t.test('what cannot be read to its end is an error', async t => {
  await t.rejects(readFrom(t.testdir()), { code: 'PAGE_OWNER_UNREADABLE', message: /directory/ })
})
