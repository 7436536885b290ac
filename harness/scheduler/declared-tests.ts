import { silenceMs } from '../platform/deadlines.js'
import { usageError } from '../platform/errors.js'
import type { SuiteFile } from '../plan/plan.js'
import type { Project } from '../project/project.js'
import { Silence } from './silence.js'
import { takeWorker } from './spare-workers.js'

/** Names of tests by suite file; a file that does not load is not among them. */
export type DeclaredTests = ReadonlyMap<string, readonly string[]>

/**
 * Loads suite files in a worker, which a file that loops for ever does not outlive, and lists their tests.
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
  const silence = new Silence(worker.pid, silenceMs(), {
    blocks: kill,
    staysStopped: kill,
    isStopped: () => undefined,
  })
  worker.onMessage = message => {
    silence.broken()
    if (message.type === 'declared') declared.set(message.file, message.tests)
    if (message.type === 'done') kill()
  }
  signal.addEventListener('abort', kill, { once: true })
  worker.send({ type: 'list', project, files })
  await worker.ended
  silence.end()
  signal.removeEventListener('abort', kill)
  signal.throwIfAborted()
  return declared
}

/** More tests than these are not listed one by one. */
const MOST_NAMES = 30

/**
 * Suites that have tests whose name matches; and those that did not load, whose run then says why.
 * @throws ModproveError `NO_TESTS` when there are none, saying which tests there are
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
  const all = suites.flatMap(({ file }) => declared.get(file) ?? [])
  const counts = suites.map(({ name, file }) => `${name} (${declared.get(file)?.length ?? 0})`)
  throw usageError('NO_TESTS', `No test's name matches /${grep}/.`, {
    remedy:
      all.length <= MOST_NAMES
        ? `The tests there are:\n${all.map(name => `  ${name}`).join('\n')}`
        : `Suites, with how many tests each: ${counts.join(', ')}`,
  })
}
