import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  count,
  noCounts,
  SCHEMA,
  sum,
  type Counts,
  type FindingReport,
  type JobRef,
  type RunEvent,
  type TestEnd,
} from '../contract/events.js'
import { RunJson } from './run-json.js'
import { exitCodeOf } from './exit-code.js'

export interface SyntheticRun {
  /** One column for each series `6.N`. */
  readonly kernels: readonly number[]
  /** Jobs on each kernel. */
  readonly suites: number
  /** Tests of each job. */
  readonly tests: number
}

const BEGAN_MS = Date.parse('2026-11-22T03:00:00.000Z')
const TEST_MS = 25

const finding: FindingReport = {
  kind: 'kasan',
  title: 'KASAN: use-after-free Read in ring_read',
  location: { file: 'module/ring.c', line: 42 },
  trace: [
    {
      function: 'ring_read',
      offset: 0x1f,
      size: 0x40,
      module: 'ring',
      location: { file: 'module/ring.c', line: 42 },
    },
    { function: 'vfs_read', offset: 0x10, size: 0x20 },
  ],
  text: 'BUG: KASAN: use-after-free in ring_read\n'.repeat(50),
}

/** The events of an invented run with every kind of result; deterministic. */
export function* syntheticRun({ kernels, suites, tests }: SyntheticRun): Generator<RunEvent> {
  const jobs = kernels.flatMap(kernel =>
    Array.from({ length: suites }, (_, suite) => jobRef(kernel, suite)),
  )
  // As if all kernels 1 … N ran one after another.
  const columnMs = suites * tests * TEST_MS
  const first = Math.min(...kernels)
  const at = (kernel: number, suite = 0) =>
    new Date(BEGAN_MS + kernel * columnMs + suite * tests * TEST_MS).toISOString()
  yield {
    type: 'run-start',
    schema: SCHEMA,
    run: `synthetic-${kernels.join('-')}`,
    at: at(first),
    folder: '/synthetic',
    version: '0.1.0',
    commit: 'c0ffee',
    content: { module: 'm', suites: 's' },
    argv: ['run'],
    host: { qemu: 'QEMU 7.2', accelerator: 'tcg', node: 'v20', system: 'Debian', cores: 2 },
    request: {
      kernels: kernels.map(kernel => `6.${kernel}`),
      flavours: ['plain'],
      suites: [],
      cold: false,
      coverage: false,
      retries: 1,
    },
  }
  yield { type: 'plan', jobs }
  let counts: Counts = noCounts
  for (const kernel of kernels) {
    const { kernel: name, series, release, flavour } = jobRef(kernel, 0)
    yield {
      type: 'column',
      kernel: name,
      series,
      release,
      flavour,
      source: `linux-source-${series} ${release}-1`,
      key: `key-${kernel}`,
      compiler: 'gcc (Debian 12.2.0-14) 12.2.0',
      warnings: [],
      durationMs: 1000,
    }
    for (let suite = 0; suite < suites; suite++) {
      const { id: job } = jobRef(kernel, suite)
      const names = Array.from({ length: tests }, (_, test) => `C${test + 1} promise ${test + 1}`)
      yield { type: 'job-start', job, at: at(kernel, suite), title: `suite ${suite}`, tests: names }
      let own: Counts = noCounts
      for (const [index, test] of names.entries()) {
        yield { type: 'test-start', job, test }
        const end = ended(job, test, kernel * 7919 + suite * 104_729 + index)
        own = count(own, end.status, end.flaky !== undefined)
        yield end
      }
      counts = sum(counts, own)
      yield { type: 'job-end', job, durationMs: tests * TEST_MS, counts: own }
    }
  }
  const last = Math.max(...kernels)
  const durationMs = (last - first + 1) * columnMs
  yield {
    type: 'run-end',
    at: new Date(Date.parse(at(first)) + durationMs).toISOString(),
    durationMs,
    counts,
    exitCode: exitCodeOf(counts),
    interrupted: false,
  }
}

const jobRef = (kernel: number, suite: number): JobRef => ({
  id: `6.${kernel}.9-plain/suite-${suite}`,
  kernel: `6.${kernel}`,
  series: `6.${kernel}`,
  release: `6.${kernel}.9`,
  flavour: 'plain',
  suite: `suite-${suite}`,
})

function ended(job: string, test: string, seed: number): TestEnd {
  const base = { type: 'test-end', job, test, attempt: 1, durationMs: TEST_MS } as const
  const clean = { ...base, problems: [], findings: [] }
  const detail = '--- expected\n+++ actual\n-1\n+2\n'.repeat(20)
  const problems = [
    {
      kind: 'assertion' as const,
      message: 'should be equal',
      detail,
      at: { file: 'suites/ring.suite.ts', line: 12 },
    },
  ]
  if (seed % 97 === 0) return { ...base, status: 'fail', problems, findings: [finding] }
  if (seed % 89 === 0)
    return { ...base, status: 'error', cause: 'qemu-died', problems, findings: [] }
  if (seed % 83 === 0) {
    const flaky = { status: 'fail', problems, findings: [finding] } as const
    return { ...clean, attempt: 2, status: 'pass', flaky }
  }
  if (seed % 11 === 0) return { ...clean, status: 'skip', reason: 'needs debug' }
  return { ...clean, status: 'pass' }
}

/** Writes events as a record; `folder` is made. */
export async function writeRecord(folder: string, events: Iterable<RunEvent>): Promise<string> {
  const runJson = new RunJson()
  const lines: string[] = []
  await mkdir(join(folder, 'jobs'), { recursive: true })
  for (const event of events) {
    runJson.take(event)
    lines.push(`${JSON.stringify(event)}\n`)
    if (event.type !== 'job-end') continue
    await mkdir(join(folder, 'jobs', event.job), { recursive: true })
    await writeFile(
      join(folder, 'jobs', event.job, 'suite.tap'),
      `TAP version 14\n# ${event.job}\n`,
    )
  }
  await writeFile(join(folder, 'events.jsonl'), lines.join(''))
  await writeFile(join(folder, 'run.json'), JSON.stringify(runJson.value))
  return folder
}

// `node --import=tsx harness/record/synthetic.fixture.ts FOLDER KERNELS SUITES TESTS`
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = '', kernels = '10', suites = '100', tests = '20'] = process.argv.slice(2)
  for (let kernel = 0; kernel < Number(kernels); kernel++) {
    const size = { kernels: [kernel], suites: Number(suites), tests: Number(tests) }
    await writeRecord(join(folder, `shard-${kernel}`), syntheticRun(size))
  }
}
