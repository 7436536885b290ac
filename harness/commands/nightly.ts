import type { RunEvent } from '../contract/events.js'
import { absentInPackage } from '../platform/files/absent-in-package.js'
import { withNightlyLock, night } from './nightly/night.js'
import { pruneRecords } from './nightly/prune-records.js'
import { refreshIndexes } from './nightly/refresh-indexes.js'
import { requireSpace } from './nightly/disk-space.js'
import { defined } from '../platform/pick.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { findRecord } from '../record/read.js'
import { recordsOf } from '../record/record.js'
import { during } from '../platform/terminal/progress.js'
import { PrettyReporter } from '../report/terminal/pretty.js'
import { writeReports } from '../report/write-reports.js'
import { plainRun, type ShardNumber } from '../plan/request.js'
import { wantedColumns } from '../plan/wanted-columns.js'
import { run } from './run/run.js'
import type { Invocation, MachineOptions } from './invocation.js'

export interface NightlyOptions extends MachineOptions {
  kernel?: readonly string[]
  flavour?: readonly string[]
  jobs?: number
  retries?: number
  shard?: ShardNumber
  baseline?: string
  nights: number
  faults: boolean
}

/** A kernel's unpacked source and objects; results of fifteen builds; images and templates. */
const CACHE_GIB = 6
/** Logs, consoles and reports of twenty-five columns. */
const RECORD_GIB = 1

export const execute = ({
  options,
  terminal,
  signal,
  project: read,
}: Invocation<NightlyOptions>): Promise<number> =>
  withNightlyLock(async () => {
    const project = await read()
    const records = recordsOf(project)
    const columns = wantedColumns(project, options, { kernels: ['all'], flavours: ['all'] })
    const work = { signal, progress: terminal }
    const { write } = terminal
    const reporter = new PrettyReporter(write)
    const baseline =
      options.baseline === undefined ? undefined : await findRecord(options.baseline, records)
    // A package has none: they prove the harness.
    const selftests =
      options.faults && (await import('./selftest/nightly.js').catch(absentInPackage))
    return night({
      requireSpace: () => requireSpace(spaceNeeds(records)),
      refresh: () => refreshIndexes(work),
      run: begun =>
        run(
          {
            suites: [],
            ...columns,
            accelerator: options.accel,
            ...plainRun,
            retries: options.retries ?? project.run.retries ?? 1,
            ...defined({ slots: options.jobs, shard: options.shard, baseline }),
          },
          {
            ...work,
            project,
            report: (event: RunEvent) => {
              if (event.type === 'run-start') begun(event.folder)
              reporter.take(event)
            },
          },
        ),
      writeReports: folder =>
        during(terminal, 'writing the reports', undefined, () => writeReports(folder)),
      ...(selftests
        ? selftests.nightlySelftests({
            project,
            kernels: columns.kernels,
            accelerator: options.accel,
            signal,
            terminal,
          })
        : {}),
      prune: async () => {
        for (const gone of await pruneRecords(records, options.nights, baseline)) {
          terminal.say(`the record of ${gone} was removed: ${options.nights} nights are kept`)
        }
      },
      say: line => terminal.say(line),
    })
  }, signal)

const spaceNeeds = (records: string) => [
  {
    folder: cacheFolder(),
    what: 'kernels and their builds',
    needGib: CACHE_GIB,
    remedy:
      'Free some, or name a folder on another disk in MODPROVE_CACHE; modprove clean empties it',
  },
  {
    folder: records,
    what: 'the record',
    needGib: RECORD_GIB,
    remedy: 'Free some, or keep fewer records: modprove nightly --nights, modprove clean --records',
  },
]
