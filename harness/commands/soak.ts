import { join } from 'node:path'
import { EXIT } from '../platform/errors.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { privateFolder } from '../platform/files/private-folder.js'
import { writeJson } from '../platform/files/write-atomically.js'
import { runName } from '../record/record.js'
import { PrettyReporter } from '../report/terminal/pretty.js'
import { soakLine, soakTable } from '../report/activities/soak.js'
import { plainRun } from '../plan/request.js'
import { wantedColumns } from '../plan/wanted-columns.js'
import { run } from './run/run.js'
import { soak } from '../selftest/soak/soak.js'
import type { Invocation, MachineOptions } from './invocation.js'

export interface SoakOptions extends MachineOptions {
  runs: number
  kernel?: readonly string[]
  flavour?: readonly string[]
  cold?: boolean
  jobs?: number
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project: read,
}: Invocation<SoakOptions>): Promise<number> {
  const project = await read()
  const { write } = terminal
  await using folder = await privateFolder({ TMPDIR: '/tmp' })
  const temporary = folder.path
  // A private folder, so that leftovers in it are this soak's.
  process.env['TMPDIR'] = temporary
  delete process.env['XDG_RUNTIME_DIR']
  const result = await soak({
    runs: options.runs,
    folders: { temporary, cache: cacheFolder() },
    signal,
    run: async () => {
      let output = ''
      const reporter = new PrettyReporter(text => (output += text))
      const ended = await run(
        {
          suites: args,
          ...wantedColumns(project, options, { flavours: ['plain', 'debug'] }),
          accelerator: options.accel,
          ...plainRun,
          cold: options.cold ?? false,
          ...(options.jobs === undefined ? {} : { slots: options.jobs }),
        },
        {
          project,
          signal,
          progress: terminal,
          report: event => reporter.take(event),
        },
      )
      if (ended.exitCode !== EXIT.passed) write(output)
      return ended
    },
    report: (number, took) => write(soakLine(number, options.runs, took)),
  })
  const file = join(project.state, 'soak', `${runName(new Date())}.json`)
  await writeJson(file, result)
  write(`\n${soakTable(result.trends)}`)
  write(`${result.runs.length} of ${options.runs} runs; figures: ${file}\n`)
  if (signal.aborted) return EXIT.interrupted
  if (result.red !== undefined) {
    write(`red: ${result.red}\n`)
    return result.runs.at(-1)?.exitCode ?? EXIT.failed
  }
  return result.trends.some(({ grows }) => grows !== undefined) ? EXIT.harness : EXIT.passed
}
