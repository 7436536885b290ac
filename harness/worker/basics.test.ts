import t from 'tap'
import '../basics/basics.suite.js'
import { LOADS_AND_UNLOADS } from '../contract/test-names.js'
import { takeDeclaredSuite } from '../suite-api/registry.js'
import type { TestGuest } from '../suite-api/test-guest.js'
import { withTap } from './with-tap.js'

const tests = takeDeclaredSuite()?.tests ?? []
const LOADING = [
  LOADS_AND_UNLOADS,
  'the modules leave nothing when they are unloaded',
  'the modules load with each parameter at its default',
]

/** Results of tests that load, with a module that leaves `left` at its first unload. */
async function basicsWith(left: readonly string[]) {
  let loaded: string[] = []
  let loads = 0
  const guest = {
    modules: {
      built: ['ring'],
      load: async () => {
        loads += 1
        loaded = ['ring']
      },
      unload: async () => void (loaded = []),
      loaded: async () => loaded,
    },
    exec: async () => ({ stdout: '' }),
    leftByModules: async () => (loads === 0 ? [] : left),
  } as unknown as TestGuest
  const results: Record<string, unknown> = {}
  for (const name of LOADING) {
    const { problems, skipped } = await withTap(name, async inner => {
      await tests.find(test => test.name === name)?.body(inner, guest, () => undefined)
      return []
    })
    results[name] = skipped ?? problems.map(({ message }) => message)
  }
  return { results: Object.values(results), loads }
}

t.test('what modules leave fails one test, by its name, and the others do not run', async t => {
  const reason =
    'the modules leave something: see "the modules leave nothing when they are unloaded"'
  t.strictSame(await basicsWith(['/dev/ring0', 'kernel thread ringd (pid 70)']), {
    results: [[], ['still there: /dev/ring0; kernel thread ringd (pid 70)'], reason],
    loads: 1,
  })
})

t.test('modules that leave nothing are loaded again', async t => {
  const { results, loads } = await basicsWith([])
  t.strictSame(results, [[], [], []])
  t.ok(loads >= 3)
})
