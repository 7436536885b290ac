import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { withLockAt } from './lock.js'

/** A process that holds the lock until it dies. */
async function holder(path: string) {
  const module = JSON.stringify(new URL('lock.ts', import.meta.url).href)
  const script = `
    const { withLockAt } = await import(${module})
    process.stdin.resume()
    await withLockAt(${JSON.stringify(path)}, () => {
      console.log('held')
      return new Promise(() => {})
    }, { purpose: 'building \\x1b[31m6.1' })`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

void t.test('one at a time, also within one process', async t => {
  const path = join(t.testdir(), 'a.lock')
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await new Promise(resolve => setImmediate(resolve))
    inside--
  }
  await Promise.all([1, 2, 3, 4].map(() => withLockAt(path, work)))
  t.equal(most, 1)
})

void t.test('other locks do not wait, and an error gives the lock back', async t => {
  const path = join(t.testdir(), 'new/a.lock')
  await withLockAt(path, () => withLockAt(`${path}2`, () => Promise.resolve()))
  await t.rejects(
    withLockAt(path, () => Promise.reject(new Error('no'))),
    /no/,
  )
  t.equal(await withLockAt(path, () => Promise.resolve(7)), 7)
  await t.rejects(access(path), { code: 'ENOENT' }, 'and nothing is left')
})

void t.test(
  'waiting names the holder, and a holder killed with SIGKILL is no obstacle',
  async t => {
    const path = join(t.testdir(), 'a.lock')
    const other = await holder(path)
    const told: string[] = []
    const waiting = (who: string) => {
      told.push(who)
      other.kill('SIGKILL')
    }
    t.equal(await withLockAt(path, () => Promise.resolve('mine'), { waiting }), 'mine')
    t.same(told, [`process ${other.pid} (building \\x1b[31m6.1)`])
  },
)

void t.test('a wait ends by its signal and by its deadline', async t => {
  const path = join(t.testdir(), 'a.lock')
  const never = () => Promise.reject(new Error('ran without the lock'))
  await withLockAt(
    path,
    async () => {
      const abort = new AbortController()
      const waiting = () => abort.abort(new Error('enough'))
      await t.rejects(withLockAt(path, never, { signal: abort.signal, waiting }), /enough/)
      await t.rejects(withLockAt(path, never, { deadlineMs: 20 }), {
        code: 'LOCK_TIMEOUT',
        message: /process \d+ \(test\)/,
      })
    },
    { purpose: 'test' },
  )
})
