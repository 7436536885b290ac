import { relative } from 'node:path'
import pc from '../colours.js'
import { EXIT, ModproveError } from '../errors.js'
import type { RunEvent } from '../events.js'
import { checkoutRoot } from '../paths.js'
import { project } from '../project.js'
import { PrettyReporter } from '../report/pretty.js'
import { selectSuites, type SuiteFile } from '../run/plan.js'
import { run } from '../run/run.js'
import { affectedSuites, failuresFirst } from '../watch/affected.js'
import { chooseAccelerator } from '../vm/index.js'
import { watchFolders } from '../watch/changes.js'
import type { CommandSpec } from './command.js'
import { reportError } from './report-error.js'
import { acceleratorOption, oneFlavourOption, oneKernelOption } from './selection.js'

interface WatchOptions {
  kernel: string
  flavour: string
  accel: 'auto' | 'kvm' | 'tcg'
}

const CLEAR_SCREEN = '\x1b[2J\x1b[3J\x1b[H'
const SHOWN_PATHS = 3

export const watchCommand: CommandSpec<WatchOptions> = {
  name: 'watch',
  args: '[suites...]',
  summary: 'Run the suites, and again what each change in the module or the suites touches.',
  examples: [
    ['modprove watch', 'all suites on 6.1 plain; Ctrl+C ends it'],
    ['modprove watch mmap --flavour debug', 'one suite on the debug kernel'],
  ],
  options: { kernel: oneKernelOption, flavour: oneFlavourOption, accel: acceleratorOption },
  async run({ args, options, terminal, signal }) {
    const write = (text: string): void => terminal.print(process.stdout, text)
    const say = (line: string): void => terminal.say(line)
    const accelerator = await chooseAccelerator(options.accel, { signal, say })
    const failed = new Set<string>()
    let waiting = new Set<string>()
    let wake = (): void => undefined
    let current: AbortController | undefined
    const folders = [project.module, project.suites].map(name => `${checkoutRoot}/${name}`)
    const onChange = (paths: ReadonlySet<string>): void => {
      for (const path of paths) waiting.add(path)
      // What runs is of yesterday's source.
      current?.abort(new ModproveError('OUTDATED', EXIT.interrupted, 'A source has changed.'))
      wake()
    }
    watchFolders(folders, onChange, signal)
    signal.addEventListener('abort', () => wake(), { once: true })

    const once = async (suites: readonly SuiteFile[]): Promise<void> => {
      const outdated = (current = new AbortController())
      const ordered = failuresFirst(suites, failed)
      const reporter = new PrettyReporter(write)
      try {
        await run(
          {
            suites: ordered.map(({ file }) => file),
            kernels: [options.kernel],
            flavours: [options.flavour],
            accelerator,
            bail: false,
            keep: false,
            cold: false,
            coverage: false,
          },
          {
            signal: AbortSignal.any([signal, outdated.signal]),
            progress: terminal,
            report: event => {
              // What becomes of an outdated run is of no interest.
              if (outdated.signal.aborted) return
              reporter.take(event)
              remember(event, failed)
            },
          },
        )
      } catch (error) {
        // A module that does not compile is shown, and the next change waited for.
        if (!outdated.signal.aborted && !signal.aborted) reportError(error)
      } finally {
        current = undefined
      }
    }

    await once(await selectSuites(args))
    while (!signal.aborted) {
      if (waiting.size === 0) {
        write(pc.dim('\nwaiting for a change in the module or the suites; Ctrl+C ends\n'))
        await new Promise<void>(resolve => (wake = resolve))
        continue
      }
      const changed = waiting
      waiting = new Set()
      if (process.stdout.isTTY) write(CLEAR_SCREEN)
      write(`${pc.bold(pc.cyan('changed'))} ${shown(changed)}\n\n`)
      await once(await affectedSuites(changed, await selectSuites(args)))
    }
    return EXIT.interrupted
  },
}

function shown(changed: ReadonlySet<string>): string {
  const names = [...changed].map(path => relative(checkoutRoot, path))
  const more = names.length - SHOWN_PATHS
  return names.slice(0, SHOWN_PATHS).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** Keeps which suites did not pass the last time they ran. */
function remember(event: RunEvent, failed: Set<string>): void {
  if (event.type !== 'job-end') return
  const suite = event.job.slice(event.job.indexOf('/') + 1)
  const { fail, error, miss } = event.counts
  if (fail + error + miss > 0) failed.add(suite)
  else failed.delete(suite)
}
