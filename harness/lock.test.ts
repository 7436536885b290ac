import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { withLock } from './lock.js'

/** A process that holds lock `name` in `folder` until it dies. */
async function holder(folder: string, name: string) {
  const module = JSON.stringify(new URL('lock.ts', import.meta.url).href)
  const script = `
    const { withLock } = await import(${module})
    process.stdin.resume()
    await withLock(${JSON.stringify(name)}, () => {
      console.log('held')
      return new Promise(() => {})
    }, { folder: ${JSON.stringify(folder)}, purpose: 'building \\x1b[31m6.1' })`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

void t.test('one at a time, also within one process', async t => {
  const folder = t.testdir()
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await new Promise(resolve => setImmediate(resolve))
    inside--
  }
  await Promise.all([1, 2, 3, 4].map(() => withLock('a', work, { folder })))
  t.equal(most, 1)
})

void t.test('locks of other names do not wait, and an error gives the lock back', async t => {
  const folder = t.testdir()
  await withLock('a/b', () => withLock('b', () => Promise.resolve(), { folder }), { folder })
  await t.rejects(
    withLock('a', () => Promise.reject(new Error('no')), { folder }),
    /no/,
  )
  t.equal(await withLock('a', () => Promise.resolve(7), { folder }), 7)
  t.equal(await readFile(join(folder, 'a.lock'), 'utf8'), '', 'nobody is named as its holder')
})

void t.test(
  'waiting names the holder, and a holder killed with SIGKILL is no obstacle',
  async t => {
    const folder = t.testdir()
    const other = await holder(folder, 'a')
    const told: string[] = []
    const got = withLock('a', () => Promise.resolve('mine'), {
      folder,
      waiting: who => {
        told.push(who)
        other.kill('SIGKILL')
      },
    })
    t.equal(await got, 'mine')
    t.same(told, [`process ${other.pid} (building \\x1b[31m6.1)`])
  },
)

void t.test('a wait ends by its signal and by its deadline', async t => {
  const folder = t.testdir()
  await withLock(
    'a',
    async () => {
      const abort = new AbortController()
      const never = () => Promise.reject(new Error('ran without the lock'))
      const waiting = withLock('a', never, {
        folder,
        signal: abort.signal,
        waiting: () => abort.abort(new Error('enough')),
      })
      await t.rejects(waiting, /enough/)
      await t.rejects(withLock('a', never, { folder, deadlineMs: 20 }), { code: 'LOCK_TIMEOUT' })
    },
    { folder, purpose: 'test' },
  )
})
