import { silenceMs } from '../platform/waiting/deadlines.js'
import { usageError } from '../platform/errors.js'
import type { SuiteFile } from '../plan/suite-files.js'
import type { Project } from '../project/project.js'
import { WorkerWatchdog } from './worker-watchdog.js'
import { takeWorker } from './spare-workers.js'

/** Names of tests by suite file; without files that do not load. */
export type DeclaredTests = ReadonlyMap<string, readonly string[]>

/**
 * Loads suite files in a worker, which is killed if a file loops for ever, and lists their tests.
 * @throws the signal's reason
 */
export async function declaredTests(
  project: Project,
  files: readonly string[],
  signal: AbortSignal,
): Promise<DeclaredTests> {
  const declared = new Map<string, readonly string[]>()
  const worker = takeWorker()
  const kill = (): void => worker.kill()
  const watchdog = new WorkerWatchdog(worker.pid, silenceMs(), kill)
  worker.onMessage = message => {
    watchdog.heartbeat()
    if (message.type === 'declared') declared.set(message.file, message.tests)
    if (message.type === 'done') kill()
  }
  signal.addEventListener('abort', kill, { once: true })
  worker.send({ type: 'list', project, files })
  await worker.ended
  watchdog.end()
  signal.removeEventListener('abort', kill)
  signal.throwIfAborted()
  return declared
}

/** The most tests that are listed by name. */
const MAX_NAMES = 30

/**
 * Suites with tests whose names match; and those that did not load: running them shows why.
 * @throws ModproveError `NO_TESTS` when there are none; lists the available tests
 */
export function suitesWith(
  suites: readonly SuiteFile[],
  grep: string,
  declared: DeclaredTests,
): SuiteFile[] {
  const pattern = new RegExp(grep)
  const found = suites.filter(
    ({ file }) => declared.get(file)?.some(name => pattern.test(name)) !== false,
  )
  if (found.length > 0) return found
  const all = [...new Set(suites.flatMap(({ file }) => declared.get(file) ?? []))]
  const counts = suites.map(({ name, file }) => `${name} (${declared.get(file)?.length ?? 0})`)
  throw usageError('NO_TESTS', `No test's name matches /${grep}/.`, {
    remedy:
      all.length <= MAX_NAMES
        ? `Available tests:\n${all.map(name => `  ${name}`).join('\n')}`
        : `Suites, with their numbers of tests: ${counts.join(', ')}`,
  })
}
