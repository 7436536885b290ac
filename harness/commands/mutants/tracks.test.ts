import t from 'tap'
import { noCounts, type RunEvent, type Status } from '../../contract/events.js'
import type { MutantResult } from '../../contract/mutant-events.js'
import { planJobs } from './jobs.js'
import { mapPromises } from './map.js'
import type { PlannedMutant } from './plan.js'
import { columnOf } from '../../plan/column.js'
import { MutantTracks } from './tracks.js'

const planned = (name: string, all = false): PlannedMutant => ({
  mutant: {
    name,
    module: 'module',
    file: `/m/${name}.patch`,
    breaks: 'It breaks.',
    catcher: /^R1\b/,
    findings: [],
    flavour: 'plain',
    suites: ['ring'],
    hunks: [],
  },
  suites: [
    { name: 'ring', file: '/s/ring.suite.ts' },
    ...(all ? [{ name: 'bell', file: '/s/bell.suite.ts' }] : []),
  ],
  promised: new Set(['R1']),
  ...(all ? {} : { grep: '^R1\\b' }),
})

const flavour = {
  name: 'plain',
  kernel: 'plain',
  options: [],
  make: [],
  bootPath: 'pvh',
  board: 'microvm',
  memoryMiB: 1,
  cpus: 1,
  append: [],
  coverage: false,
  notes: '',
} as const
const source = {
  series: '6.1',
  release: '6.1.9',
  id: 'linux 6.1.9',
  name: '6.1.9',
  tree: '',
  open: () => Promise.reject(new Error('nothing is built here')),
}
const column = columnOf({ kernel: '6.1', source }, flavour)

function setUp(...plans: PlannedMutant[]) {
  const { baseline, mutants } = planJobs(column, plans, { keepGoing: false })
  const jobs = [...baseline, ...mutants.flatMap(({ jobs }) => jobs)]
  const tracks = new MutantTracks(
    plans,
    jobs.map(({ ref }) => ref),
  )
  const run = (module: string, suite: string, ...ends: [string, Status, string?][]): void => {
    const job = `6.1.9-plain/${module}/${suite}`
    for (const [test, status, code] of ends) {
      const problems =
        status === 'pass'
          ? []
          : [{ kind: 'thrown' as const, message: 'no', ...(code ? { code } : {}) }]
      const rest = { attempt: 1, durationMs: 1, problems, findings: [] }
      tracks.take({ type: 'test-end', job, test, status, ...rest })
    }
    const end: RunEvent = { type: 'job-end', job, durationMs: 5, counts: noCounts }
    tracks.take(end)
  }
  const concluded = (): Record<string, string> =>
    Object.fromEntries([...tracks.conclude()].map(({ mutant, outcome }) => [mutant, outcome]))
  return { jobs, tracks, run, concluded }
}

t.test('the unmodified module runs each test that a mutant must fail', async t => {
  const { jobs } = setUp(planned('01-a'), planned('02-b', true))
  t.match(jobs, [
    { ref: { id: '6.1.9-plain/unmutated/ring' }, grep: '(?:^R1\\b)|(?:)', bail: false },
    { ref: { id: '6.1.9-plain/unmutated/bell' }, grep: '(?:)', bail: false },
    { ref: { id: '6.1.9-plain/01-a/ring', mutant: '01-a' }, grep: '^R1\\b', bail: true },
    { ref: { id: '6.1.9-plain/02-b/ring', mutant: '02-b' }, bail: false },
    { ref: { id: '6.1.9-plain/02-b/bell' } },
  ])
})

t.test('a mutant is concluded when its tests and the baseline’s have ended', async t => {
  const { run, concluded } = setUp(planned('01-a'), planned('02-b'))
  run('01-a', 'ring', ['R1 x', 'fail'])
  t.strictSame(concluded(), {}, 'the module as it is has not passed yet')
  run('unmutated', 'ring', ['R1 x', 'pass'])
  t.strictSame(concluded(), { '01-a': 'killed' })
  run('02-b', 'ring', ['R1 x', 'pass'])
  t.strictSame(concluded(), { '02-b': 'survived' })
})

t.test('an inconclusive result is an error, never a kill', async t => {
  const names = ['01-load', '02-both', '03-machine', '04-skip', '05-build', '06-other'] as const
  const { run, concluded, tracks } = setUp(...names.map(name => planned(name)))
  run('unmutated', 'ring', ['R1 x', 'fail'], ['R1 y', 'pass'])
  run('01-load', 'ring', ['R1 y', 'fail', 'MODULE_DOES_NOT_LOAD'])
  run('02-both', 'ring', ['R1 x', 'fail'])
  run('03-machine', 'ring', ['R1 y', 'error'])
  run('04-skip', 'ring', ['R1 y', 'skip'])
  tracks.breaks('05-build', { kind: 'build', message: 'it does not compile' })
  tracks.drop('6.1.9-plain/05-build/ring')
  run('06-other', 'ring', ['R2 z', 'fail'])
  t.strictSame(concluded(), {
    '01-load': 'error',
    '02-both': 'error',
    '03-machine': 'error',
    '04-skip': 'error',
    '05-build': 'error',
    '06-other': 'unrelated',
  })
  t.equal(tracks.baselineFailures.length, 1)
})

t.test("after a kill the mutant's other suites are not wanted", async t => {
  const { run, tracks } = setUp(planned('01-a', true))
  t.ok(tracks.isWanted('6.1.9-plain/01-a/bell'))
  run('01-a', 'ring', ['R3 z', 'fail'])
  t.ok(tracks.isWanted('6.1.9-plain/01-a/bell'), 'an unrelated failure is no kill')
  run('01-a', 'ring', ['R1 x', 'fail'])
  t.notOk(tracks.isWanted('6.1.9-plain/01-a/bell'))
  t.ok(tracks.isWanted('6.1.9-plain/unmutated/bell'))
})

t.test('what the run’s end cuts off is missed', async t => {
  const { tracks } = setUp(planned('01-a'))
  t.match([...tracks.miss('interrupted')], [{ mutant: '01-a', outcome: 'miss' }])
  t.strictSame([...tracks.conclude()], [])
})

t.test(
  'the map shows promises without a mutant, and mutants that only one promise catches',
  async t => {
    const result = (mutant: string, ...promises: string[]): MutantResult => ({
      mutant,
      outcome: promises.length > 0 ? 'killed' : 'survived',
      breaks: '',
      durationMs: 1,
      promises,
    })
    const results = [result('01-a', 'R1', 'R2'), result('02-b', 'R2'), result('03-c')]
    t.strictSame(
      mapPromises(
        results,
        new Set(['R10', 'R2', 'R1', 'R3']),
        new Map([
          ['R10', 'the core keeps it'],
          ['R2', 'so they say'],
        ]),
        { allMutants: true, complete: true },
      ),
      {
        allMutants: true,
        complete: true,
        promises: { R1: ['01-a'], R2: ['01-a', '02-b'], R3: [], R10: [] },
        untested: ['R3', 'R10'],
        unbreakable: { R10: 'the core keeps it' },
        broken: ['R2'],
        onlyOne: { '02-b': 'R2' },
      },
    )
  },
)
