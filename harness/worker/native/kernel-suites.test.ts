import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { KernelTests } from '../../session/job.js'
import { kselftestSuite } from './kernel-suites.js'
import { kunitSuite } from './kunit-suite.js'
import { ranSuite } from './native-suites.fixture.js'
import { running } from './running.fixture.js'

t.test('each program of a target runs, with its files and libraries beside it', async t => {
  const folder = t.testdir({ tap: 'a', old: 'b', data: { file: 'c' }, 'lib.so': 'd' })
  const uploaded: string[] = []
  const guest = {
    exists: async (path: string) => path === '/lib/there.so',
    upload: async (path: string) => void uploaded.push(path),
    stream: async (command: string | readonly string[]) => {
      t.match(command, /^cd \/tmp\/kselftest\/drivers\/net && /)
      if (/\/tap$/.test(String(command))) return running('1..1\nok 1 a\n')
      const code = /\/old$/.test(String(command)) ? 1 : 4
      return running('no tap\n', { code }, 'why\n')
    },
  }
  const built = {
    folder,
    programs: ['tap', 'old', 'none'],
    files: ['tap', 'old', 'data/file'],
    libraries: { '/lib/there.so': join(folder, 'no'), '/lib/new.so': join(folder, 'lib.so') },
    timeoutS: 300,
    options: [],
  }
  const tests = { selftests: { 'drivers/net': built }, hasKunit: false }
  const suite = kselftestSuite('drivers/net', tests)
  t.equal(suite.options.timeoutMs, 900_000, 'the time of all programs')
  const { points, problems } = await ranSuite(suite, guest)
  t.strictSame(points, ['pass tap > a', 'fail old', 'skip none'])
  t.strictSame(problems, [])
  t.strictSame(uploaded, [
    '/lib/new.so',
    ...['tap', 'old', 'data/file'].map(name => `/tmp/kselftest/drivers/net/${name}`),
  ])
})

t.test('what the kernel lacks is told with what failed or was skipped', async t => {
  const folder = t.testdir({ a: 'b' })
  const built = { folder, programs: ['a'], files: ['a'], libraries: {}, timeoutS: 45, options: [] }
  const tests = { selftests: { sync: { ...built, advice: 'Add it' } }, hasKunit: false }
  const ran = (text: string, code = 0) =>
    ranSuite(kselftestSuite('sync', tests), {
      upload: async () => undefined,
      stream: async () => running(text, { code }),
    })
  const { results } = await ran('1..3\nok 1 x\nok 2 y # SKIP no sync\n# why\nnot ok 3 z\n')
  t.match(results, [
    { status: 'pass', problems: [] },
    { status: 'skip', reason: 'no sync. Add it' },
    { status: 'fail', problems: [{ message: 'why', detail: 'Add it\n# why' }] },
  ])
  t.match((await ran('none\n', 4)).results, [{ reason: 'exit status 4: none. Add it' }])
  t.equal((await ran('1..0 # SKIP nothing\n')).skipped, 'nothing. Add it')
})

t.test('one program without TAP has its status as its result, and its run passes', async t => {
  const folder = t.testdir({ old: 'b' })
  const built = {
    folder,
    programs: ['old'],
    files: ['old'],
    libraries: {},
    timeoutS: 45,
    options: [],
  }
  const suite = kselftestSuite('sync', { selftests: { sync: built }, hasKunit: false })
  const ran = (...how: Parameters<typeof running>) =>
    ranSuite(suite, { upload: async () => undefined, stream: async () => running(...how) })
  t.match(await ran('fine\n'), { points: ['pass old'], problems: [] })
  t.match(await ran('no\n', { code: 255 }), { points: ['fail old'], problems: [] })
  const flood = await ran('x'.repeat(16 * 1024 * 1024 + 1))
  t.match(flood, { points: [], problems: ['old: printed more than 16777216 bytes'] })
  const died = await ran('no\n', { code: null, signal: 'SEGV' })
  t.strictSame(died.points, [])
  t.strictSame(died.problems, ['old ended by SIGSEGV, and printed no result'])
})

t.test('a program that skips in the middle of its plan: what it reported stands', async t => {
  const folder = t.testdir({ skips: 'b' })
  const built = {
    folder,
    programs: ['skips'],
    files: ['skips'],
    libraries: {},
    timeoutS: 45,
    options: [],
  }
  const suite = kselftestSuite('skips', { selftests: { skips: built }, hasKunit: false })
  const ran = (code: number, text: string) =>
    ranSuite(suite, { upload: async () => undefined, stream: async () => running(text, { code }) })
  const { points, problems, skipped } = await ran(4, '1..4\nok 1 a\nok 2 b\n# no hugetlb\n')
  t.strictSame(points, ['pass skips > a', 'pass skips > b'])
  t.strictSame(problems, [])
  t.equal(skipped, 'the last 2 of 4 tests')
  const failed = await ran(4, '1..3\nok 1 a\nnot ok 2 b\n')
  t.match(failed.points, ['pass skips > a', 'fail skips > b'])
  for (const [code, text, problem] of [
    [0, '1..4\nok 1 a\n', /a plan of 4 tests, and 1 came/],
    [4, '1..1\nok 1 a\n', /ended with status 4/],
    [4, '1..2\nok 2 a\nok 2 b\n', /appears twice/],
  ] as const)
    t.match((await ran(code, text)).problems, [problem], text)
})

t.test(
  'where a kernel’s source is not to be had, its suite is skipped with the reason',
  async t => {
    const none = { code: 'NO_SOURCE', outcome: 'usage', message: 'its source is not read' } as const
    const suite = kselftestSuite('sync', { selftests: { sync: none }, hasKunit: false })
    const passed: unknown[] = []
    const test = { pass: (...said: readonly unknown[]) => passed.push(said) }
    await suite.tests[0]?.body(test as never, {} as never, () => undefined)
    t.strictSame(passed, [['skipped', { skip: 'its source is not read' }]])
  },
)

t.test('a target that was not built is the failure of its suite, with the reason', t => {
  const broken = { message: 'no such target', remedy: 'Those: sync' }
  const unknown = { ...broken, code: 'UNKNOWN_KSELFTEST', outcome: 'usage' } as const
  const failing = { ...broken, code: 'KSELFTEST_DOES_NOT_BUILD', outcome: 'failed' } as const
  const tests: KernelTests = { selftests: { synk: unknown, sync: failing }, hasKunit: false }
  t.throws(() => kselftestSuite('synk', tests), { ...unknown, exitCode: 2 })
  t.throws(() => kselftestSuite('sync', tests), { ...failing, exitCode: 1 })
  t.match(kselftestSuite('synk', undefined).tests.length, 1, 'listed before a kernel is built')
  t.end()
})

const results = (suite: string, ...tests: readonly string[]): string =>
  [
    'KTAP version 1',
    '1..1',
    `    # Subtest: ${suite}`,
    `    1..${tests.length}`,
    ...tests.map((line, index) => `    ${line.replace('#', String(index + 1))}`),
    `${tests.some(line => line.startsWith('not')) ? 'not ok' : 'ok'} 1 ${suite}`,
    '',
  ].join('\n')

const objects = t.testdir()
/** A module's object file. */
function objectOf(needed: string, hasSuites: boolean): Buffer {
  const file = join(objects, 'module.o')
  const info = `__attribute__((section(".modinfo"))) const char info[] = "depends=${needed}";`
  const suites = hasSuites ? 'int kunit_test_suites;' : ''
  execFileSync('gcc', ['-c', '-x', 'c', '-o', file, '-'], { input: info + suites })
  return readFileSync(file)
}

/** A guest with these results of KUnit, and modules. */
function kunitGuest(suites: Readonly<Record<string, string>>) {
  const written: string[] = []
  const loaded: string[] = []
  return {
    written,
    loaded,
    exec: async () => ({ stdout: Object.keys(suites).join('\n') }),
    exists: async (path: string) => path.endsWith('list/run'),
    writeFile: async (path: string) => void written.push(path),
    readFile: async (path: string) => suites[path.split('/').at(-2) ?? ''] ?? '',
    readBytes: async (path: string) => objectOf(path === 'ring' ? 'base' : '', path === 'ring'),
    modules: {
      built: ['base', 'ring', 'user'],
      loaded: async () => [],
      path: (name: string) => name,
      load: async ({ name }: { name: string }) => void loaded.push(name),
    },
  } as unknown as Parameters<typeof ranSuite>[1] & { written: string[]; loaded: string[] }
}

const BOTH = {
  list: results('list', 'ok # list_add', 'not ok # list_del'),
  ring: results('ring', 'ok # turns # SKIP no device'),
}

t.test(
  'every result of KUnit is a test; modules with suites are loaded first, after those they need',
  async t => {
    const guest = kunitGuest(BOTH)
    const { points, problems } = await ranSuite(kunitSuite('', undefined), guest)
    t.strictSame(points, ['pass list > list_add', 'fail list > list_del', 'skip ring > turns'])
    t.strictSame(problems, [])
    t.strictSame(guest.loaded, ['base', 'ring'])
    t.strictSame(guest.written, ['/sys/kernel/debug/kunit/list/run'], 'runs again where it can')
  },
)

t.test('a filter chooses suites and tests', async t => {
  const points = async (filter: string) =>
    (await ranSuite(kunitSuite(filter, undefined), kunitGuest(BOTH))).points
  t.strictSame(await points('ri?g'), ['skip ring > turns'])
  t.strictSame(await points('*.*_del'), ['fail list > list_del'])
  const { problems, details } = await ranSuite(kunitSuite('lost', undefined), kunitGuest(BOTH))
  t.match(problems, ['No KUnit suite of this kernel is like "lost"'])
  t.match(details, [{ kind: 'wrong-use', detail: /Did you mean "list"\? Its suites: list, ring/ }])
})

t.test('results that are cut off, or a filter that leaves no test, fail', async t => {
  const cut = { list: BOTH.list.split('\n').slice(0, 5).join('\n') }
  const { problems } = await ranSuite(kunitSuite('', undefined), kunitGuest(cut))
  t.match(problems[0], /^list: /)
  const none = await ranSuite(kunitSuite('list.nothing', undefined), kunitGuest(BOTH))
  t.match(none.problems, ['No test of list is like "nothing"'])
  t.match(none.details, [{ kind: 'wrong-use', detail: 'Its tests: list_add, list_del' }])
})

t.test('more results of KUnit than are kept fail', async t => {
  const many = Array.from({ length: 10_001 }, (_, at) => `ok # test_${at}`)
  const guest = kunitGuest({ list: results('list', ...many) })
  const { points, problems } = await ranSuite(kunitSuite('', undefined), guest)
  t.equal(points.length, 10_000)
  t.strictSame(problems, ['1 results more than are kept'])
})

t.test('without KUnit in the kernel, the suite needs flavour kunit', t => {
  const { needs } = kunitSuite('', { selftests: {}, hasKunit: false }).options
  t.strictSame(needs, { flavours: ['kunit'] })
  t.strictSame(kunitSuite('', { selftests: {}, hasKunit: true }).options.needs, {})
  t.end()
})
