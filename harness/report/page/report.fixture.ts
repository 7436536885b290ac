import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FindingReport, RunEvent } from '../../contract/events.js'
import { madeUpRun } from '../../record/made-up-run.fixture.js'
import { viewOf } from '../../record/view.js'
import { htmlReport } from './html-report.js'

type TestEnd = Extract<RunEvent, { type: 'test-end' }>

export const finding: FindingReport = {
  kind: 'kasan',
  title: 'KASAN: use-after-free Read in ring_ioctl',
  location: { file: 'module/ring.c', line: 12 },
  trace: [
    { function: 'kasan_report', offset: 0xa1, size: 0xc8 },
    {
      function: 'ring_ioctl',
      offset: 0x9d,
      size: 0x155,
      module: 'ring',
      location: { file: 'module/ring.c', line: 12 },
    },
  ],
  text: 'BUG: KASAN: use-after-free in ring_ioctl\n ring_ioctl+0x9d/0x155 [ring]',
}

/** The report of a run with every kind of result. */
export async function madeUpReport(
  folder: string,
  own: (end: TestEnd) => TestEnd = end => end,
): Promise<string> {
  const record = await mkdtemp(join(folder, 'record-'))
  await mkdir(join(record, 'sources/module'), { recursive: true })
  const lines = Array.from({ length: 40 }, (_, at) => `\tint line_${at + 1};`)
  await writeFile(join(record, 'sources/module/ring.c'), lines.join('\n'))
  await mkdir(join(record, 'jobs/6.1.9-plain/ring'), { recursive: true })
  const console = ['led to it', ...finding.text.split('\n'), 'came of it']
  await writeFile(join(record, 'jobs/6.1.9-plain/ring/console.log'), console.join('\n'))
  const events = madeUpRun({
    '6.1 plain': {
      ring: { 'C1 opens': 'pass', 'C2 breaks': 'fail', 'C3 wavers': 'flaky' },
      map: { 'C4 maps': 'pass', 'C5 leaks': 'pass' },
    },
    '6.1 debug': {
      ring: { 'C1 opens': 'pass', 'C2 breaks': 'fail', 'C3 wavers': 'pass' },
      map: { 'C4 maps': 'skip', 'C5 leaks': 'pass' },
    },
    '7.3 plain': {
      ring: { 'C1 opens': 'pass', 'C2 breaks': 'pass', 'C3 wavers': 'pass' },
      map: { 'C4 maps': 'error', 'C5 leaks': 'miss' },
    },
  }).map(event => {
    if (event.type !== 'test-end') return event
    if (event.status !== 'fail') return own(event)
    const problems = [
      {
        kind: 'assertion' as const,
        message: 'should be equal',
        detail: '@@ -1 +1 @@\n-a\n+b',
        at: { file: 'ring.ts', line: 4 },
      },
    ]
    const replay = `jobs/${event.job}/failures/1-breaks`
    return own({ ...event, problems, findings: [finding], replay, cause: 'oops' })
  })
  const on = (flavour: string) => ({ kernel: '6.1', flavour, suite: 'ring' })
  const good = { run: '20260101T000000Z-aaaaaa', at: '2026-01-01T00:00:00.000Z' }
  const changed = [{ what: 'kernel' as const, from: '6.1.8', to: '6.1.9' }]
  const broken = { test: 'C2 breaks', change: 'regressed' as const, lastGood: good, changed }
  events.push({
    type: 'comparison',
    against: 'last',
    changes: [
      { ...on('plain'), ...broken },
      { ...on('debug'), ...broken },
      { ...on('plain'), test: 'C3 wavers', change: 'flaky', flaky: { times: 2, runs: 9 } },
      { ...on('plain'), suite: 'map', test: 'C5 leaks', change: 'fixed' },
    ],
    unchanged: 11,
    fresh: 0,
    past: [{ job: '6.1.9-plain/ring', test: 'C2 breaks', ends: 'ppfp' }],
  })
  return htmlReport(record, viewOf(events))
}

/** Kernels × suites × tests, with few failures. */
export function largeReport(folder: string, kernels: number, suites: number, tests: number) {
  const names = Array.from({ length: tests }, (_, at) => `C${at + 1} a promise that is kept`)
  const column = (kernel: number) =>
    Object.fromEntries(
      Array.from({ length: suites }, (_, suite) => [
        `suite-${suite}`,
        Object.fromEntries(
          names.map(
            (name, at) => [name, (kernel + suite + at) % 97 === 0 ? 'fail' : 'pass'] as const,
          ),
        ),
      ]),
    )
  const columns = Array.from({ length: kernels }, (_, at) => [`6.${at} plain`, column(at)] as const)
  return htmlReport(folder, viewOf(madeUpRun(Object.fromEntries(columns))))
}
