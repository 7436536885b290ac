import { raiseListenerLimit } from '../platform/waiting/listener-limit.js'
import { diskFull } from '../platform/files/disk-full.js'
import { ModproveError } from '../platform/errors.js'
import { INTERNAL_ERROR, type FromWorker, type Job, type ToWorker } from '../session/job.js'
import type { Project } from '../project/project.js'
import { loadSuite } from './load-suite.js'
import { runJob } from './run-job.js'
import { StrayErrors } from './stray-errors.js'

/** If it stays silent for longer, the parent assumes that a suite blocks the event loop. */
const ALIVE_EVERY_MS = 1_000

const exit = process.exit.bind(process)
// A suite that calls it would end every other test; only the calling test fails.
process.exit = (code = process.exitCode) => {
  throw new Error(`process.exit(${code ?? ''}) was called, which would have ended every test`)
}

raiseListenerLimit()
const strays = new StrayErrors()
const stop = new AbortController()
/** Called when a job that was idle has its turn again. */
let goOn = (): void => undefined
let running: Promise<void> = Promise.resolve()

const send = (message: FromWorker): void => {
  if (process.connected) process.send?.(message)
}

/** Resolves when the worker is to stop. */
const stopped = new Promise<void>(resolve => {
  stop.signal.addEventListener('abort', () => resolve())
})

/** Asks for the job's turn again. @returns how long it took, in milliseconds */
async function takeTurn(): Promise<number> {
  const since = performance.now()
  if (!stop.signal.aborted) {
    const turn = new Promise<void>(resolve => (goOn = resolve))
    send({ type: 'ready' })
    await Promise.race([turn, stopped])
  }
  return performance.now() - since
}

/** Runs one job and sends the result; rejects only on internal errors. */
async function run(job: Job): Promise<void> {
  try {
    await runJob(job, {
      emit: event => send({ type: 'event', event }),
      tellLate: late => send({ type: 'late', late }),
      strays,
      signal: stop.signal,
      whileIdle: async work => {
        send({ type: 'idle' })
        try {
          await work()
        } catch (error) {
          await takeTurn()
          throw error
        }
        return takeTurn()
      },
      keep: machine => {
        send({ type: 'kept', machine })
        return stopped
      },
    })
    send({ type: 'done' })
  } catch (error) {
    if (stop.signal.aborted) return
    const known = diskFull(error, 'Writing the record', [job.folder]) ?? error
    if (!(known instanceof ModproveError)) throw known
    const { code, outcome, message, remedy, detail } = known
    send({ type: 'failed', error: { code, outcome, message, remedy, detail } })
  }
}

/** Sends the tests that suite files declare. A file that fails to load fails when it is run. */
async function list(project: Project, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const suite = await loadSuite(project, file).catch(() => undefined)
    if (suite !== undefined)
      send({ type: 'declared', file, tests: suite.tests.map(({ name }) => name) })
  }
  send({ type: 'done' })
}

const alive = setInterval(() => send({ type: 'alive' }), ALIVE_EVERY_MS)

async function end(): Promise<void> {
  stop.abort(new Error('the worker was told to stop'))
  clearInterval(alive)
  await running.catch(() => undefined)
  exit(0)
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'stop') void end()
  else if (message.type === 'continue') goOn()
  else {
    const { project } = message.type === 'list' ? message : message.job
    // Source lines are reported relative to it.
    process.chdir(project.root)
    running = message.type === 'list' ? list(message.project, message.files) : run(message.job)
    running.catch((error: unknown) => {
      console.error(error)
      exit(INTERNAL_ERROR)
    })
  }
})
// The parent is gone: no one reads messages.
process.on('disconnect', () => void end())
