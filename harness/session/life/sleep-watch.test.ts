import t from 'tap'
import { watchSleep } from './sleep-watch.js'
import type { Sleeper } from './sleepers.js'

/** Milliseconds, less than the interval between two looks. */
const LEAST = 0.001

const ring: Sleeper = { pid: 71, name: 'ring', sleep: '71 900 4' }
const woken: Sleeper = { ...ring, sleep: '71 900 5' }

/** A watch that finds these, look by look, then nothing; resolves after one more look. */
function watched(
  limitMs: number,
  looks: readonly (readonly Sleeper[] | Error)[],
  stoppedMs = () => 0,
) {
  let onLast: () => void = () => undefined
  const over = new Promise<'over'>(resolve => (onLast = () => resolve('over')))
  const left = [...looks]
  const read = async () => {
    const look = left.shift()
    if (look === undefined) onLast()
    if (look instanceof Error) throw look
    return look ?? []
  }
  const watch = watchSleep(read, limitMs, stoppedMs, 1)
  t.teardown(() => watch.end())
  return Promise.race([watch.failed, over])
}

void t.test('a task that does not wake is named', async t => {
  const asleep = watched(
    LEAST,
    Array.from({ length: 200 }, () => [woken, ring]),
  )
  await t.rejects(asleep, { name: 'TaskAsleep' })
  await t.rejects(asleep, { message: /^ring \(pid 71\) sleeps uninterruptibly, and has not woken/ })
})

void t.test('one that could not be asked about in between has not woken either', async t => {
  const looks = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? [ring] : new Error('busy')))
  await t.rejects(watched(LEAST, looks), { name: 'TaskAsleep' })
})

void t.test('one that wakes between two looks may sleep as often as it likes', async t => {
  const looks = Array.from({ length: 50 }, (_, at) => [{ ...ring, sleep: `71 900 ${at}` }])
  t.equal(await watched(LEAST, looks), 'over')
  t.equal(await watched(LEAST, [[ring], [], [ring], []]), 'over', 'it ran in between')
})

void t.test('of a machine that cannot run, no task is late to wake', async t => {
  const looks = Array.from({ length: 50 }, () => [ring])
  t.equal(await watched(LEAST, looks, () => 2 * performance.now()), 'over')
})

void t.test('a guest that stood still slept no longer than the time that it had', async t => {
  const stands = () => {
    const until = performance.now() + 100
    while (performance.now() < until);
    return [ring]
  }
  let look = 0
  let onLast: () => void = () => undefined
  const over = new Promise<'over'>(resolve => (onLast = () => resolve('over')))
  const read = async () => {
    const at = look++
    if (at >= 2) onLast()
    return at === 0 ? [ring] : at === 1 ? stands() : []
  }
  const watch = watchSleep(read, 50, () => 0, 1)
  t.teardown(() => watch.end())
  t.equal(await Promise.race([watch.failed, over]), 'over')
})

void t.test('when its test has ended, nothing is found any more', async t => {
  let onRead: () => void = () => undefined
  let answer: (found: readonly Sleeper[]) => void = () => undefined
  const asked = new Promise<void>(resolve => (onRead = resolve))
  let reads = 0
  const read = () => {
    if (++reads === 1) return Promise.resolve([ring])
    onRead()
    return new Promise<readonly Sleeper[]>(resolve => (answer = resolve))
  }
  const watch = watchSleep(read, LEAST, () => 0, 1)
  let found = false
  watch.failed.catch(() => (found = true))
  await asked
  watch.end()
  answer([ring])
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(found)
})
