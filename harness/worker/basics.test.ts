import t from 'tap'
import '../basics/basics.suite.js'
import { BUILDS, LEAVE_NOTHING, LOADS_AND_UNLOADS } from '../contract/test-names.js'
import { takeDeclaredSuite } from '../suite-api/registry.js'
import type { TestGuest } from '../suite-api/test-guest.js'
import { withTap } from './with-tap.js'

const tests = takeDeclaredSuite()?.tests ?? []
const LOADING = [
  LOADS_AND_UNLOADS,
  LEAVE_NOTHING,
  'the modules load with each parameter at its default',
]

/** Failures of tests that load, with a module that leaves `left` at its first unload. */
async function basicsWith(left: readonly string[], symbols = '') {
  let loaded: string[] = []
  let loads = 0
  const commands: unknown[] = []
  const guest = {
    modules: {
      built: ['ring'],
      load: async () => {
        loads += 1
        loaded = ['ring']
      },
      unload: async () => void (loaded = []),
      loaded: async () => loaded,
      path: (name: string) => `${name}.ko`,
    },
    readBytes: async () => Buffer.from(symbols),
    exec: async (command: unknown) => {
      commands.push(command)
      return { stdout: '' }
    },
    leftByModules: async () => (loads === 0 ? [] : left),
  } as unknown as TestGuest
  const results: string[][] = []
  for (const name of LOADING) {
    const { problems } = await withTap(name, async inner => {
      await tests.find(test => test.name === name)?.body(inner, guest, () => undefined)
      return []
    })
    results.push(problems.map(({ message }) => message))
  }
  return { results, loads, commands }
}

t.test('what modules leave fails one test, by its name', async t => {
  const { results } = await basicsWith(['/dev/ring0', 'kernel thread ringd (pid 70)'])
  t.strictSame(results[1], ['still there: /dev/ring0; kernel thread ringd (pid 70)'])
})

t.test('where that or a load fails, no other test loads', async t => {
  const [loads = '', leaves = ''] = LOADING
  const needed = (name: string) => tests.find(test => test.name === name)?.options.needs?.passed
  t.strictSame(needed(leaves), [loads])
  const withoutLoad = [BUILDS, loads, 'each module names its licence and says what it is']
  for (const { name } of tests)
    if (name !== leaves)
      t.strictSame(needed(name), withoutLoad.includes(name) ? undefined : LOADING.slice(0, 2), name)
})

t.test('what modules have run later has the time to crash', async t => {
  const waits = async (symbols: string) => {
    const { commands } = await basicsWith([], symbols)
    return commands.some(command => String(command) === 'sleep,3')
  }
  t.ok(await waits('\0kfree\0mod_timer\0'))
  t.notOk(await waits('\0kfree\0misc_register\0'))
})

t.test('modules that leave nothing are loaded again', async t => {
  const { results, loads } = await basicsWith([])
  t.strictSame(results, [[], [], []])
  t.ok(loads >= 3)
})

const failuresOf = async (name: string, guest: object) => {
  const { problems } = await withTap(name, async inner => {
    const body = tests.find(test => test.name === name)?.body
    await body?.(inner, guest as TestGuest, () => undefined)
    return []
  })
  return problems.map(({ message, detail }) => [message, ...(detail === undefined ? [] : [detail])])
}

t.test('a warning of the build is told once, and its other lines below it', async t => {
  const warnings = ['ring.c:4:2: warning: unused\n  4 | int a;\n    | ^']
  t.strictSame(await failuresOf(BUILDS, { modules: { warnings } }), [
    ['ring.c:4:2: warning: unused', '  4 | int a;\n    | ^'],
  ])
})

t.test('a taint is told by its letter; those of a module out of the tree are none', async t => {
  const taintedBy = (mask: number, license = 'GPL') =>
    failuresOf('the modules taint the kernel only as code from out of its tree', {
      readFile: async () => String(mask),
      modules: {
        built: ['ring'],
        load: async () => undefined,
        info: async () => new Map([['license', [license]]]),
        sourceOf: async () => 'module/ring.c',
      },
    })
  t.strictSame(await taintedBy(0x3000), [])
  t.strictSame(await taintedBy(0x3240), [
    ['tainted with U, W: see Documentation/admin-guide/tainted-kernels.rst'],
  ])
  t.match(await taintedBy(0x3001, 'Own'), [
    [/MODULE_LICENSE is not compatible .*\(P\): Own, in module\/ring\.c$/],
  ])
})

t.test('a module without a licence is told with the source to name it in', async t => {
  const told = (source?: string) =>
    failuresOf('each module names its licence and says what it is', {
      modules: {
        built: ['ring'],
        info: async () => new Map([['description', ['a ring']]]),
        sourceOf: async () => source,
      },
    })
  t.strictSame(await told('module/ring.c'), [
    ['ring has no MODULE_LICENSE: add it to module/ring.c'],
  ])
  t.strictSame(await told(), [['ring has no MODULE_LICENSE']])
})
