import t from 'tap'
import { KernelThreads } from './kernel-threads.js'

const KTHREADD = 2

/** A guest with these processes: the parent of each, by its pid. */
const guest = (parents: Readonly<Record<number, number>>) => ({
  listTree: async () => [
    '/proc',
    '/proc/meminfo',
    ...Object.keys(parents).map(pid => `/proc/${pid}`),
  ],
  readFile: async (path: string) => {
    const pid = Number(path.split('/')[2])
    if (parents[pid] === 0) throw Object.assign(new Error('it has ended'), { code: 'ENOENT' })
    return `${pid} (ring) S ${parents[pid]} ${'0 '.repeat(48)}`
  },
})

void t.test('a thread is of the test at whose end it was first there', async t => {
  const threads = new KernelThreads()
  await threads.look(guest({ 5: KTHREADD }))
  await threads.look(guest({ 5: KTHREADD, 6: KTHREADD, 7: 1, 8: 0 }), 'one')
  await threads.look(guest({ 5: KTHREADD, 6: KTHREADD, 9: KTHREADD }), 'two')
  const tests = [5, 6, 7, 8, 9].map(pid => threads.testOf(pid))
  t.strictSame(tests, [undefined, 'one', undefined, undefined, 'two'])
})

void t.test(
  'one that was there between two tests is of none, nor who has its number then',
  async t => {
    const threads = new KernelThreads()
    await threads.look(guest({}), 'one')
    await threads.look(guest({ 6: KTHREADD }))
    await threads.look(guest({ 6: KTHREADD, 7: KTHREADD }), 'two')
    await threads.look(guest({ 6: KTHREADD }), 'three')
    await threads.look(guest({ 7: KTHREADD }))
    t.strictSame(
      [6, 7].map(pid => threads.testOf(pid)),
      [undefined, undefined],
    )
  },
)
