import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline/promises'
import pc from '../platform/colours.js'
import { EXIT, ModproveError } from '../platform/errors.js'
import { shownFolders, sourcePaths } from '../project/module-sources.js'
import type { Project } from '../project/project.js'
import { PrettyReporter } from '../report/pretty.js'
import { allSuites, selectSuites, type SuiteFile } from '../plan/plan.js'
import { plainRun } from '../plan/request.js'
import { run } from './run/run.js'
import { dismissWorkers, prepareWorkers } from '../scheduler/spare-workers.js'
import { failuresFirst } from './watch/affected.js'
import { chooseAccelerator } from '../vm/index.js'
import { watchPaths } from './watch/changes.js'
import { keysHelp, listenToKeys, type WatchRequest } from './watch/keys.js'
import { nextRun, shownPaths } from './watch/next-run.js'
import { Outcomes } from './watch/outcomes.js'
import type { Invocation } from './invocation.js'
import { reportError } from './report-error.js'

export interface WatchOptions {
  kernel: string
  flavour: string
  accel: 'auto' | 'kvm' | 'tcg'
}

const CLEAR_SCREEN = '\x1b[2J\x1b[3J\x1b[H'

export async function execute({
  args,
  options,
  terminal,
  signal: interrupted,
  project: read,
}: Invocation<WatchOptions>): Promise<number> {
  const project = await read()
  const write = (text: string): void => terminal.print(process.stdout, text)
  const say = (line: string): void => terminal.say(line)
  const quit = new AbortController()
  const signal = AbortSignal.any([interrupted, quit.signal])
  const accelerator = await chooseAccelerator(options.accel, { signal, progress: terminal })
  const outcomes = new Outcomes()
  /** Also set if no suite ran: the module does not compile, or the disk is full. */
  let isRed = false
  let changed = new Set<string>()
  let request: WatchRequest | undefined
  let grep = ''
  let latest: readonly SuiteFile[] = []
  let wake = (): void => undefined
  let current: AbortController | undefined
  const outdate = (why: string): void => {
    current?.abort(new ModproveError('OUTDATED', EXIT.interrupted, why))
    wake()
  }
  const { module } = project
  const sources = sourcePaths(module).map(path => join(module.root, path))
  const watched = [...sources, project.suites].filter(path => existsSync(path))
  const shown = (paths: ReadonlySet<string>): string => shownPaths(paths, project.root)
  const suitesNow = () => selectSuites(args, allSuites(project.suites))
  const onChange = (paths: ReadonlySet<string>): void => {
    for (const path of paths) changed.add(path)
    // The current run tests outdated sources.
    if (current?.signal.aborted === false)
      say(`${shown(paths)} changed: this run ends, and begins again`)
    outdate('A source has changed.')
  }
  const onRequest = (wanted: WatchRequest): void => {
    if (wanted === 'quit') quit.abort(new ModproveError('QUIT', EXIT.passed, 'Quit.'))
    if (wanted === 'help') write(`\n${keysHelp()}`)
    if (wanted === 'quit' || wanted === 'help') return
    request = wanted
    outdate('Another run was requested.')
  }
  watchPaths(watched, onChange, signal)
  signal.addEventListener('abort', () => wake(), { once: true })

  const once = async (suites: readonly SuiteFile[]): Promise<void> => {
    if (suites.length === 0) return write('no suite failed\n')
    const outdated = (current = new AbortController())
    const ordered = (latest = failuresFirst(suites, outcomes.failed))
    outcomes.begin(ordered)
    const reporter = new PrettyReporter(write)
    try {
      const { exitCode } = await run(
        {
          suites: ordered.map(({ file }) => file),
          kernels: [options.kernel],
          flavours: [options.flavour],
          accelerator,
          ...(grep === '' ? {} : { grep }),
          ...plainRun,
        },
        {
          project,
          signal: AbortSignal.any([signal, outdated.signal]),
          progress: terminal,
          report: event => {
            // The results of an outdated run are ignored.
            if (outdated.signal.aborted) return
            reporter.take(event)
            outcomes.take(event)
          },
        },
      )
      if (!outdated.signal.aborted) isRed = exitCode !== EXIT.passed
    } catch (error) {
      if (!outdated.signal.aborted && !signal.aborted) {
        // The error is shown; the watch continues.
        reportError(error)
        isRed = true
      }
    } finally {
      current = undefined
    }
  }

  const isTerminal = process.stdin.isTTY && process.stdout.isTTY
  const listen = () => (isTerminal ? listenToKeys(process.stdin, onRequest) : undefined)
  let keys = listen()
  try {
    await once(await suitesNow())
    while (!signal.aborted) {
      if (changed.size === 0 && request === undefined) {
        // Prepared now, so that the next run only has to load its suites.
        prepareWorkers(Math.min(availableParallelism(), latest.length))
        write(waitingLine(project, isRed || outcomes.failed.size > 0, isTerminal))
        await new Promise<void>(resolve => (wake = resolve))
        continue
      }
      let wanted = request
      const paths = changed
      request = undefined
      changed = new Set()
      if (wanted === 'filter') {
        keys?.[Symbol.dispose]()
        const question = 'tests whose name matches (a regular expression; empty for all): '
        const answer = await asked(question, signal)
        keys = listen()
        const mistake = answer === undefined ? undefined : mistakeIn(answer)
        if (mistake !== undefined) write(`${mistake}\n`)
        if (answer === undefined || mistake !== undefined) {
          // The question may have stopped a run, or a change may have arrived meanwhile.
          if (outcomes.unfinished.size === 0 && paths.size === 0) continue
          wanted = undefined
        } else grep = answer
      }
      const all = await suitesNow()
      const { suites, what } = await nextRun({
        wanted,
        changed: paths,
        shown,
        all,
        latest,
        outcomes,
      })
      if (isTerminal) write(CLEAR_SCREEN)
      const matching = grep === '' ? '' : pc.dim(` (tests that match /${grep}/)`)
      write(`${pc.bold(pc.cyan('run'))} ${what}${matching}\n\n`)
      await once(suites)
    }
  } finally {
    // Also if the named suites do not exist: the folder watchers would keep running.
    quit.abort(new ModproveError('QUIT', EXIT.passed, 'Quit.'))
    keys?.[Symbol.dispose]()
    await dismissWorkers()
  }
  if (interrupted.aborted) return EXIT.interrupted
  return isRed || outcomes.failed.size > 0 ? EXIT.failed : EXIT.passed
}

/** Printed after each run, as vitest does. */
function waitingLine({ root, module, suites }: Project, isRed: boolean, hasKeys: boolean): string {
  const mark = isRed ? pc.bgRed(pc.bold(' FAIL ')) : pc.bgGreen(pc.black(pc.bold(' PASS ')))
  const keys = hasKeys ? 'press h to show the keys, q to quit' : 'Ctrl+C ends'
  return `\n${mark} ${pc.dim(`waiting for a change in ${shownFolders(module)} or ${relative(root, suites)}/; ${keys}`)}\n`
}

/** @returns undefined without an answer: Ctrl+D cancels the question, Ctrl+C ends the watch */
async function asked(question: string, signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  const over = new AbortController()
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  lines.once('close', () => over.abort())
  try {
    const limits = { signal: AbortSignal.any([signal, over.signal]) }
    return (await lines.question(question, limits)).trim()
  } catch {
    return undefined
  } finally {
    lines.close()
  }
}

/** Why it is not a regular expression; undefined if it is one. */
function mistakeIn(pattern: string): string | undefined {
  try {
    new RegExp(pattern)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
