import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FindingReport } from '../../../contract/events.js'
import { pick } from '../../../platform/pick.js'
import { traceText } from '../../../platform/text/source-text.js'
import { allEnd } from '../expected.js'
import type { Fault } from '../fault.js'
import type { Ended } from '../findings.js'
import type { Lab } from '../lab.js'
import { kinds } from '../suites/kinds.js'

/** By test: the finding's kind, and the module's function that it must point to. */
type Splats = Readonly<Record<string, readonly [kind: string, name: string]>>

const PLAIN: Splats = {
  warn: ['warning', 'fault_warn'],
  oops: ['oops', 'fault_oops'],
  bug: ['bug', 'fault_bug'],
  refcount: ['refcount', 'fault_refcount'],
  stack: ['stack-overflow', 'fault_stack_in'],
  execute: ['oops', 'fault_execute'],
  words: ['bug', 'fault_words'],
  again: ['warning', 'fault_again'],
  'hung-task': ['hung-task', 'fault_hung_task'],
}
const DEBUG: Splats = {
  ...PLAIN,
  // KASAN reports the access before the CPU faults.
  oops: ['kasan', 'fault_oops'],
  kasan: ['kasan', 'fault_kasan'],
  lockdep: ['lockdep', 'fault_lockdep'],
  ubsan: ['ubsan', 'fault_ubsan'],
  dma: ['dma-api', 'fault_dma'],
  'bad-page': ['bad-page', 'fault_bad_page'],
  atomic: ['sleeping-in-atomic', 'fault_atomic'],
  list: ['list-corruption', 'fault_list'],
  'list-freed': ['kasan', 'fault_list_freed'],
  held: ['lockdep', 'fault_held'],
  'rcu-held': ['lockdep', 'fault_rcu_held'],
  'soft-lockup': ['soft-lockup', 'fault_lockup'],
  'rcu-stall': ['rcu-stall', 'fault_lockup'],
}

const inFlavour = (flavour: string, splats: Splats, fault: string): Fault => ({
  row: 3,
  name: `splats-${flavour}`,
  fault,
  expected: 'charged to the test in whose window it began, with file:line in the module',
  make: async lab => {
    const ended = await lab.run(['run', 'splats', '--flavour', flavour])
    const results = {
      ...allEnd(Object.keys(DEBUG), 'skip'),
      ...allEnd(Object.keys(splats), 'fail'),
    }
    lab.expect(ended, { splats: { before: 'pass', ...results, after: 'pass' } })
    await expectFindings(lab, ended, splats, 'faulty')
    const again = lab.result(ended, 'splats', 'again')?.findings ?? []
    const counts = again.map(({ count }) => count).join(', ')
    lab.check('a hundred warnings are one finding', counts === '100', counts)
    lab.tell(`${Object.keys(splats).length} kinds, each in its test, at its line`)
  },
})

const kindsFault: Fault = {
  row: 3,
  name: 'kinds',
  fault: `${Object.keys(kinds).length} faults that a debug kernel tells apart, whose words change from release to release`,
  expected: 'each of its kind, charged to its test, with file:line in the module',
  make: async lab => {
    const ended = await lab.run(['run', 'kinds', '--flavour', 'debug'])
    lab.expect(ended, { kinds: { ...allEnd(Object.keys(kinds), 'fail'), after: 'pass' } })
    await expectFindings(lab, ended, kinds, 'kinds')
    lab.tell(`${Object.keys(kinds).length} kinds, each in its test, at its line`)
  },
}

const DISTRIBUTION = 'distro:bookworm'

const distributionFault: Fault = {
  row: 3,
  name: 'splats-distribution',
  fault: 'a mistake that only the configuration of a distribution shows: HARDENED_USERCOPY',
  expected: "green on plain; red on the distribution's kernel, with file:line in the module",
  make: async lab => {
    const plain = await lab.run(['run', 'hardened'])
    lab.expect(plain, { hardened: { 'user-copy': 'pass', after: 'pass' } })
    const shipped = await lab.run(['run', 'hardened', '--kernel', DISTRIBUTION])
    lab.expect(shipped, { hardened: { 'user-copy': 'fail', after: 'pass' } })
    await expectFindings(lab, shipped, pick(kinds, 'user-copy'), 'kinds')
    lab.tell(`${DISTRIBUTION}: ${lab.said(shipped, 'hardened', 'user-copy')}`)
  },
}

export const splatFaults = [
  inFlavour(
    'plain',
    PLAIN,
    'WARN, oops, BUG, refcount, stack overflow, jump into data, words of its own, a hundred warnings, hung task',
  ),
  inFlavour(
    'debug',
    DEBUG,
    'the same and KASAN, lockdep, UBSAN, DMA-API, bad page, sleep in atomic, lists, locks that are kept, soft lockup, RCU stall',
  ),
  kindsFault,
  distributionFault,
]

export const twoCpusFault: Fault = {
  row: 5,
  name: 'two-cpus',
  fault: 'splats from two CPUs interleaved on the console',
  expected: 'both found, by their records',
  make: async lab => {
    const ended = await lab.run(['run', 'two-cpus', '--flavour', 'debug'])
    lab.expect(ended, { 'two-cpus': { everywhere: 'fail', after: 'pass' } })
    const { findings = [] } = lab.result(ended, 'two-cpus', 'everywhere') ?? {}
    const whole = findings.filter(
      ({ kind, trace }) =>
        kind === 'warning' && trace.some(line => traceText(line).includes('fault_on_each_cpu')),
    )
    const seen = findings.map(titleOf).join('; ')
    // Two tasks with one name are one finding with count 2.
    const times = whole.reduce((sum, { count = 1 }) => sum + count, 0)
    lab.check('both found, each with its trace', times === 2, seen)
    lab.tell(`one test failed by ${times} reports: ${seen}`)
  },
}

async function expectFindings(lab: Lab, ended: Ended, splats: Splats, module: string) {
  for (const [test, [kind, name]] of Object.entries(splats)) {
    const results = ended.results.filter(result => result.test === test)
    const findings = results.flatMap(result => result.findings)
    const found = findings.find(finding => finding.kind === kind)
    const { file, start, end } = await placeOf(name, lab.root, `module/${module}`)
    const { location } = found ?? {}
    const isThere = location?.file === file && location.line >= start && location.line < end
    const seen = `${found && titleOf(found)}: ${location?.file}:${location?.line}`
    lab.check(`${test}: ${kind}`, found !== undefined, findings.map(titleOf).join('; '))
    lab.check(`${test}: at a line of ${name}()`, isThere, seen)
  }
}

const titleOf = ({ kind, title }: FindingReport): string => `${kind}: ${title}`

/** Returns a function's file, and its lines, from its first to the one after its last. */
async function placeOf(name: string, root: string, folder: string) {
  for (const entry of await readdir(join(root, folder))) {
    const file = join(folder, entry)
    const lines = (await readFile(join(root, file), 'utf8')).split('\n')
    const start = lines.findIndex(line => line.includes(` ${name}(`) && !line.endsWith(';'))
    if (start >= 0) return { file, start: start + 1, end: lines.indexOf('}', start) + 2 }
  }
  throw new Error(`${folder} has no function ${name}`)
}
