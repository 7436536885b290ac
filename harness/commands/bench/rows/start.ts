import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { harnessError } from '../../../platform/errors.js'
import { commandFile } from '../../../platform/files/package-root.js'
import { privateFolder } from '../../../platform/files/private-folder.js'
import { script } from '../../../platform/process/script.js'
import type { Project } from '../../../project/project.js'
import type { Job } from '../../../session/job.js'
import { WorkerProcess } from '../../../scheduler/worker-process.js'
import { sideBySide, timed } from '../measure.js'
import type { BenchRow } from '../row.js'

const ROUNDS = 9
const START_MS = 300
const WORKER_MS = 250

const SUITE = `import { suite } from 'modprove'

const test = suite('of one test')

test('passes', t => {
  t.pass()
})
`

export const startRow: BenchRow = {
  name: 'start',
  measures: 'help, wrong use, and a new worker until it begins its first test',
  read: async ({ project, signal }) => {
    await using folder = await privateFolder()
    const job = await toyJob(folder.path, project)
    const subject = (row: string, ...args: readonly string[]) => ({
      row,
      read: () => timed(() => modprove(args, signal)),
      aim: { atMost: START_MS },
    })
    return await sideBySide(
      [
        subject('modprove --help', '--help'),
        subject('modprove run --help', 'run', '--help'),
        subject('an unknown option', 'run', '--fast'),
        {
          row: 'worker → first test',
          read: () => timed(() => firstTest(job)),
          aim: { atMost: WORKER_MS },
        },
      ],
      ROUNDS,
    )
  },
}

/** Any exit status: usage errors are one of the subjects. */
async function modprove(args: readonly string[], signal: AbortSignal): Promise<void> {
  await script({ signal })`node ${commandFile} ${args}`.nothrow()
  signal.throwIfAborted()
}

/** A job that a worker starts, but that has no machine. */
async function toyJob(folder: string, project: Project): Promise<Job> {
  await writeFile(join(folder, 'toy.suite.ts'), SUITE)
  const job: Partial<Job> = {
    ref: {
      id: 'toy',
      suite: 'toy',
      series: '6.1',
      release: '6.1',
      flavour: 'plain',
      kernel: '6.1',
    },
    project,
    file: join(folder, 'toy.suite.ts'),
    knownFindings: [],
    knownFlavours: [],
    modules: [],
    payload: [],
    folder,
    retries: 0,
    bail: false,
  }
  return job as Job
}

/** @throws ModproveError `WORKER` if it exits before its first test */
async function firstTest(job: Job): Promise<void> {
  const worker = new WorkerProcess()
  const began = new Promise<'began'>(resolve => {
    worker.onMessage = message => {
      if (message.type === 'event' && message.event.type === 'test-start') resolve('began')
    }
  })
  worker.send({ type: 'run', job })
  const end = await Promise.race([began, worker.ended])
  worker.kill()
  if (end !== 'began')
    throw harnessError('WORKER', 'A worker began no test', { detail: end.stderr })
}
