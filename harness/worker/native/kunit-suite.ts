// Not from the index: a worker builds nothing.
import { dependenciesOf } from '../../builder/modules/modinfo.js'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { usageError } from '../../platform/errors.js'
import type { KernelTests } from '../../session/job.js'
import type { PointResult, SuiteDefinition } from '../../suite-api/registry.js'
import type { TestGuest } from '../../suite-api/test-guest.js'
import { PROGRAM_RUN } from '../../contract/test-names.js'
import { TapReader } from '../../tap/index.js'
import { Points } from './points.js'

/** lib/kunit/debugfs.c */
const RESULTS = '/sys/kernel/debug/kunit'
/** Section or symbol of a module with KUnit suites. */
const MARK = 'kunit_test_suites'
const KUNIT_MS = 120_000

/**
 * The KUnit suites of the kernel and of the project's modules. Those that are built into the kernel
 * ran while it booted, and run again where it offers that (6.9 and later).
 *
 * @param filter as `kunit.filter_glob`: `list*`, `list*.*del*`; empty: all
 */
export const kunitSuite = (filter: string, tests: KernelTests | undefined): SuiteDefinition => ({
  title: filter === '' ? 'KUnit' : `KUnit ${filter}`,
  options: {
    timeoutMs: KUNIT_MS,
    // N: a test has run.
    taints: ['N'],
    needs: tests?.hasKunit === false ? { flavours: ['kunit'] } : {},
  },
  tests: [
    {
      name: PROGRAM_RUN,
      options: {},
      body: async (t, guest, report) => {
        for (const name of await modulesWithSuites(guest)) await guest.modules.load({ name })
        const complaints = await readSuites(filter, guest, report)
        for (const what of complaints) t.fail(what, { at: null, stack: '' })
        if (complaints.length === 0) t.pass('all results were read', { at: null, stack: '' })
      },
    },
  ],
})

/** Modules with suites that are not loaded, and those that they need, in an order of loading. */
async function modulesWithSuites(guest: TestGuest): Promise<string[]> {
  const { modules } = guest
  const loaded = await modules.loaded()
  const needed = new Set<string>()
  // What needs a module comes after it.
  for (const name of modules.built.toReversed()) {
    const ko = await guest.readBytes(modules.path(name))
    if (!needed.has(name) && !ko.includes(MARK)) continue
    for (const each of [name, ...dependenciesOf(ko)]) needed.add(each)
  }
  return modules.built.filter(name => needed.has(name) && !loaded.includes(name))
}

/** @returns what is wrong with the results */
async function readSuites(
  filter: string,
  guest: TestGuest,
  report: (result: PointResult) => void,
): Promise<string[]> {
  const [suites = '', tests] = filter.split('.')
  const { stdout } = await guest.exec(`ls ${RESULTS}`)
  const all = stdout.split('\n').filter(name => name !== '')
  const chosen = all.filter(name => isLike(suites, name))
  if (chosen.length === 0)
    throw usageError('NO_KUNIT_SUITE', `No KUnit suite of this kernel is like "${suites}"`, {
      remedy: `${didYouMean(suites, all)}Its suites: ${all.join(', ') || 'none: add "flavours": { "kunit": { "kconfig": ["CONFIG_…_KUNIT_TEST=y"] } } to modprove.config.ts'}`,
    })
  const points = new Points(report)
  const complaints: string[] = []
  const names = new Set<string>()
  let count = 0
  for (const suite of chosen) {
    const folder = `${RESULTS}/${suite}`
    if (await guest.exists(`${folder}/run`)) await guest.writeFile(`${folder}/run`, '1')
    const reader = new TapReader(point => {
      const name = point.path[1] ?? point.name
      names.add(name)
      if (tests !== undefined && !isLike(tests, name)) return
      count += 1
      points.add(point)
    })
    reader.push(Buffer.from(await guest.readFile(`${folder}/results`)))
    complaints.push(...reader.end().problems.map(problem => `${suite}: ${problem}`))
  }
  if (count === 0 && complaints.length === 0) throw noTest(chosen, tests, [...names])
  return [...complaints, ...points.complaints]
}

const noTest = (suites: readonly string[], tests = '*', names: readonly string[] = []) =>
  usageError('NO_KUNIT_TEST', `No test of ${suites.join(', ')} is like "${tests}"`, {
    remedy: `${didYouMean(tests, names)}Its tests: ${names.join(', ') || 'none'}`,
  })

/** Whether a name matches a glob of `*` and `?`; an empty one matches everything. */
function isLike(glob: string, name: string): boolean {
  const pattern = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return glob === '' || new RegExp(`^${pattern}$`).test(name)
}
