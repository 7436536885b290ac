import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import pc from '../platform/terminal/colours.js'
import { EXIT, ModproveError } from '../platform/errors.js'
import { shownFolders, sourcePaths } from '../project/module-sources.js'
import type { Project } from '../project/project.js'
import { wantedColumn } from '../plan/wanted-columns.js'
import { allSuites, selectSuites } from '../plan/suite-files.js'
import { dismissWorkers, prepareWorkers } from '../scheduler/spare-workers.js'
import { chooseAccelerator } from '../vm/index.js'
import type { Invocation, MachineOptions } from './invocation.js'
import { watchPaths } from './watch/changes.js'
import { changesThatCount } from './watch/changes-that-count.js'
import { askFilter } from './watch/filter.js'
import { keysHelp, listenToKeys, type WatchRequest } from './watch/keys.js'
import { nextRun, shownPaths } from './watch/next-run.js'
import { presentSuites } from './watch/present-suites.js'
import { Triggers } from './watch/triggers.js'
import { WatchRuns } from './watch/runs.js'

export interface WatchOptions extends MachineOptions {
  kernel?: string
  flavour?: string
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
  const { write } = terminal
  const quit = new AbortController()
  const signal = AbortSignal.any([interrupted, quit.signal])
  const stop = (): void => quit.abort(new ModproveError('QUIT', 'passed', 'Quit.'))
  const accelerator = await chooseAccelerator(options.accel, { signal, progress: terminal })
  const triggers = new Triggers()
  const runs = new WatchRuns({
    ...wantedColumn(project, options),
    accelerator,
    project,
    terminal,
    triggers,
    signal,
  })
  const shown = (paths: ReadonlySet<string>): string => shownPaths(paths, project.root)
  const onChange = (all: ReadonlySet<string>): void => {
    const paths = changesThatCount(all, project)
    if (paths.size === 0) return
    if (triggers.isRunning) terminal.say(`${shown(paths)} changed: this run ends, and begins again`)
    triggers.change(paths)
  }
  const onRequest = (request: WatchRequest): void => {
    if (request === 'quit') stop()
    else if (request === 'help') write(`\n${keysHelp()}`)
    else triggers.want(request)
  }
  const { module } = project
  const sources = sourcePaths(module).map(path => join(module.root, path))
  const watched = [...sources, project.suites].filter(path => existsSync(path))
  watchPaths(watched, onChange, signal)

  const isTerminal = process.stdin.isTTY && process.stdout.isTTY
  const listen = () => (isTerminal ? listenToKeys(process.stdin, onRequest) : undefined)
  let keys = listen()
  try {
    await runs.run(await selectSuites(args, allSuites(project)))
    while (!signal.aborted) {
      if (!triggers.isPending) {
        // Prepared now, so that the next run only has to load its suites.
        prepareWorkers(Math.min(availableParallelism(), runs.latest.length))
        write(waitingLine(project, runs.isRed, isTerminal))
        await triggers.next(signal)
        continue
      }
      const { changed, ...taken } = triggers.take()
      let wanted = taken.wanted
      if (wanted === 'filter') {
        keys?.[Symbol.dispose]()
        const answer = await askFilter(signal, write)
        keys = listen()
        if (answer === undefined) {
          // The question may have stopped a run, or a change may have arrived meanwhile.
          if (runs.outcomes.unfinished.size === 0 && changed.size === 0) continue
          wanted = undefined
        } else runs.grep = answer
      }
      const all = await presentSuites(args, project, line => terminal.say(line))
      if (all === undefined) {
        triggers.holdBack(changed)
        continue
      }
      const { latest, outcomes } = runs
      const { suites, what } = await nextRun({ wanted, changed, shown, all, latest, outcomes })
      if (isTerminal) write(CLEAR_SCREEN)
      const matching = runs.grep === '' ? '' : pc.dim(` (tests that match /${runs.grep}/)`)
      write(`${pc.bold(pc.cyan('run'))} ${what}${matching}\n\n`)
      await runs.run(suites)
    }
  } finally {
    // Also if the named suites do not exist: the folder watchers would keep running.
    stop()
    keys?.[Symbol.dispose]()
    await dismissWorkers()
  }
  if (interrupted.aborted) return EXIT.interrupted
  return runs.isRed ? EXIT.failed : EXIT.passed
}

/** Printed after each run, as vitest does. */
function waitingLine({ root, module, suites }: Project, isRed: boolean, hasKeys: boolean): string {
  const mark = isRed ? pc.bgRed(pc.bold(' FAIL ')) : pc.bgGreen(pc.black(pc.bold(' PASS ')))
  const keys = hasKeys ? 'press h to show the keys, q to quit' : 'Ctrl+C ends'
  return `\n${mark} ${pc.dim(`waiting for a change in ${shownFolders(module)} or ${relative(root, suites)}/; ${keys}`)}\n`
}
