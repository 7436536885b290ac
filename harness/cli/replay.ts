import { PrettyReporter } from '../report/pretty.js'
import { readReplay } from '../record/replay.js'
import { contentNow } from '../run/provenance.js'
import { run } from '../run/run.js'
import { SUITE_END, WHOLE_FILE } from '../test-names.js'
import type { Invocation } from './command.js'
import type { ReplayOptions } from './commands/replay.js'

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

export async function execute({
  args: [folder = ''],
  options,
  terminal,
  signal,
}: Invocation<ReplayOptions>): Promise<number> {
  const replay = readReplay(folder)
  const now = await contentNow()
  for (const part of ['module', 'suites'] as const) {
    if (now[part] !== replay.content[part]) {
      const then = replay.commit === null ? '' : `; they were those of ${replay.commit}, or near it`
      terminal.say(`The files of the ${part} are not what they were then${then}.`)
    }
  }
  // What stands for the whole file needs the whole file.
  const whole = options.whole === true || [SUITE_END, WHOLE_FILE].includes(replay.test)
  const reporter = new PrettyReporter(text => terminal.print(process.stdout, text))
  const result = await run(
    {
      suites: [replay.suite],
      kernels: [isSource(replay.kernel) ? replay.kernel : replay.release],
      flavours: [replay.flavour],
      accelerator: options.accel,
      bail: false,
      keep: options.keep ?? false,
      cold: replay.cold,
      replayOf: replay.run,
      coverage: false,
      ...(whole ? {} : { grep: `^${literal(replay.test)}$` }),
    },
    {
      signal,
      progress: terminal,
      report: event => {
        if (event.type === 'column' && event.key !== replay.key)
          terminal.say('The kernel is not built as it was then.')
        reporter.take(event)
      },
    },
  )
  return result.exitCode
}

/** `path:…`, `kernel.org:…`: a release would be looked for in the archive. */
const isSource = (kernel: string): boolean => kernel.includes(':')
