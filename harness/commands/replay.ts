import { relative } from 'node:path'
import { usageError } from '../platform/errors.js'
import type { Project } from '../project/project.js'
import { findReplay, recordOfReplay, replayAt } from '../record/find-replay.js'
import { recordsOf } from '../record/record.js'
import { readReplay, type Replay } from '../record/replay.js'
import { keptSources } from '../record/sources.js'
import { PrettyReporter } from '../report/terminal/pretty.js'
import { moduleContent } from '../builder/index.js'
import { allSuites } from '../plan/suite-files.js'
import { namedSuite } from '../project/suite-names.js'
import { contentNow } from '../plan/provenance.js'
import { run } from './run/run.js'
import { escapeTerminal } from '../platform/text/text.js'
import { SUITE_END, WHOLE_FILE } from '../contract/test-names.js'
import { changedSince, commitThen } from './changed-since.js'
import type { Invocation } from './invocation.js'
import { replayRequest, type ReplayOptions } from './replay-request.js'

export async function execute({
  args: [word, ...more],
  options,
  terminal,
  signal,
  project: read,
}: Invocation<ReplayOptions>): Promise<number> {
  if ((word === undefined) === (options.last !== true) || more.length > 0) {
    throw usageError('BAD_REPLAY', 'replay takes one failure, or --last', {
      remedy: 'modprove replay SUITE:C7, modprove replay <folder>, or modprove replay --last',
    })
  }
  // A path says which project it is of, wherever this is run.
  const path = word === undefined ? undefined : replayAt(word)
  const now = await read(path)
  const folder = path ?? findReplay(word, recordsOf(now))
  const replay = readReplay(folder)
  terminal.say(`replaying "${escapeTerminal(replay.test)}" of ${relative(process.cwd(), folder)}`)
  const project = await projectThen(now, replay, recordOfReplay(folder), line => terminal.say(line))
  for (const line of changedSince(replay, await contentNow(now))) terminal.say(line)
  // A result of the whole file needs the whole file, and one line of a program the program.
  const { file = '' } = allSuites(project).find(({ name }) => name === replay.suite) ?? {}
  const { kind = 'typescript' } = namedSuite(file) ?? {}
  const whole =
    options.whole === true || kind !== 'typescript' || [SUITE_END, WHOLE_FILE].includes(replay.test)
  const reporter = new PrettyReporter(terminal.write)
  const result = await run(replayRequest(replay, { ...options, whole }), {
    project,
    signal,
    progress: terminal,
    report: event => {
      if (event.type === 'column' && event.key !== replay.key)
        terminal.say("The kernel's build has changed since then.")
      reporter.take(event)
    },
  })
  return result.exitCode
}

/**
 * Returns the project with the record's copy of the module; with a warning, the current module if
 * the copy is incomplete.
 */
async function projectThen(
  project: Project,
  replay: Replay,
  record: string,
  say: (line: string) => void,
): Promise<Project> {
  const { content } = replay
  if ((await moduleContent(project.module)) === content.module) return project
  const kept = { ...project.module, root: keptSources(record) }
  // The copy lacks very large files, and in older records all but C files.
  if ((await moduleContent(kept).catch(() => undefined)) === content.module) {
    say(`The module has changed since then: this runs the copy in ${kept.root}.`)
    return { ...project, module: kept }
  }
  say(
    `The module has changed since then${commitThen(replay.commit)}, and the record has no complete copy: this runs the current module.`,
  )
  return project
}
