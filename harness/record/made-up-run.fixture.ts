import {
  noCounts,
  SCHEMA,
  type JobRef,
  type RunEvent,
  type Status,
  type Subject,
} from '../contract/events.js'
import type { Replay } from './replay.js'

/** How a test ends: a status, or passed on a retry, or although it was expected to fail. */
export type MadeUpEnd = Status | 'flaky' | 'xpass'

/** Suites by column (`6.1 plain`), their tests, and how each ends. */
export type MadeUpColumns = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, MadeUpEnd>>>>>
>

type Start = Extract<RunEvent, { type: 'run-start' }>

/** The subject of made-up runs. */
export const subject: Subject = { project: 'toy', folder: 'module', modules: ['ring'] }

const start: Start = {
  type: 'run-start',
  schema: SCHEMA,
  run: 'now',
  at: '2026-01-02T03:04:05.000Z',
  folder: '/record',
  version: '0',
  commit: 'aaaaaaaaaaaaaaaa',
  content: { module: 'm1', suites: 's1' },
  subject,
  argv: [],
  host: { qemu: 'QEMU 7.2', accelerator: 'tcg', node: 'v20', system: 'Debian', cores: 2 },
  request: { kernels: [], flavours: [], suites: [], cold: false, coverage: false, retries: 0 },
}

/** A result without details. */
export function testEnd(job: string, test: string, end: MadeUpEnd): RunEvent {
  const rest = { attempt: 1, durationMs: 1, problems: [], findings: [] }
  const flaky = {
    status: 'fail',
    problems: [{ kind: 'assertion', message: 'at first' }],
    findings: [],
  } as const
  if (end === 'xpass')
    return { type: 'test-end', job, test, status: 'pass', ...rest, xpass: 'was broken' }
  const reason = end === 'xfail' ? { reason: 'known' } : {}
  if (end !== 'flaky') return { type: 'test-end', job, test, status: end, ...rest, ...reason }
  return { type: 'test-end', job, test, status: 'pass', ...rest, attempt: 2, flaky }
}

/** The events of an invented run, without its end. */
export function madeUpRun(columns: MadeUpColumns, own: Partial<Start> = {}): RunEvent[] {
  const refs = (column: string): JobRef[] => {
    const [series = '', flavour = ''] = column.split(' ')
    const release = `${series}.9`
    return Object.keys(columns[column] ?? {}).map(suite => {
      const id = `${release}-${flavour}/${suite}`
      return { id, kernel: series, series, release, flavour, suite }
    })
  }
  const jobs = Object.keys(columns).flatMap(refs)
  const events: RunEvent[] = [
    { ...start, ...own },
    { type: 'plan', jobs },
  ]
  for (const [column, suites] of Object.entries(columns)) {
    const [kernel = '', flavour = ''] = column.split(' ')
    const release = `${kernel}.9`
    const built = { source: `linux ${release}-1`, key: 'k', compiler: 'gcc 12', warnings: [] }
    const name = { kernel, series: kernel, release, flavour }
    events.push({ type: 'column', ...name, ...built, durationMs: 1 })
    for (const [suite, tests] of Object.entries(suites)) {
      const job = `${release}-${flavour}/${suite}`
      const names = Object.keys(tests)
      events.push({ type: 'job-start', job, at: start.at, title: suite, tests: names })
      for (const [test, end] of Object.entries(tests)) events.push(testEnd(job, test, end))
      events.push({ type: 'job-end', job, durationMs: 2, counts: noCounts })
    }
  }
  return events
}

/** A replay of a test of an invented run. */
export const madeUpReplay = (own: Partial<Replay>): Replay => ({
  schema: SCHEMA,
  run: '20260102T030405Z-abcdef',
  commit: null,
  content: { module: 'm', suites: 's' },
  kernel: '6.1',
  release: '6.1.1',
  flavour: 'plain',
  key: 'k',
  suite: 'mmap',
  test: 'it',
  accelerator: 'tcg',
  cold: false,
  ...own,
})
