import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { checkoutRoot, privateFolder } from '../paths.js'
import { reach, type Reached } from '../run/boot.js'
import type { Place } from '../run/job.js'
import { sideBySide, timed, type Readings } from './measure.js'

const CALLS = 1000
const MIB = 1024

export interface BenchContext {
  /** A place on the plain kernel, and one on the debug kernel, each with its template. */
  readonly plain: Place
  readonly debug: Place
  readonly signal: AbortSignal
}

/** Readings of one subject; the name is what `--rows` takes. */
export interface Row {
  readonly name: string
  readonly measures: string
  readonly read: (context: BenchContext) => Promise<Readings[]>
}

const noSaying = (): void => undefined

async function withMachine<T>(
  place: Place,
  signal: AbortSignal,
  work: (reached: Reached) => Promise<T>,
): Promise<T> {
  await using folder = await privateFolder()
  const reached = await reach(place, folder.path, signal, noSaying)
  try {
    return await work(reached)
  } finally {
    await reached.guest.close()
    await reached.machine.quit()
  }
}

function coldOf(place: Place): Place {
  const { template, ...rest } = place
  return template === undefined ? place : rest
}

/** From QEMU's start until a command can be given; the machine's end is not counted. */
async function readiness(place: Place, signal: AbortSignal): Promise<number> {
  const since = performance.now()
  return withMachine(place, signal, () => Promise.resolve(performance.now() - since))
}

const boot = (flavour: 'plain' | 'debug', rounds: number): Row => ({
  name: `${flavour}-boot`,
  measures: `${flavour}: from QEMU's start until the agent answers, booted and restored in turn`,
  read: context =>
    sideBySide(
      [
        {
          row: `${flavour}: cold boot`,
          read: () => readiness(coldOf(context[flavour]), context.signal),
        },
        { row: `${flavour}: restore`, read: () => readiness(context[flavour], context.signal) },
      ],
      rounds,
    ),
})

const agent: Row = {
  name: 'agent',
  measures: 'one system call (getpid) through the agent',
  read: ({ plain, signal }) =>
    withMachine(plain, signal, async ({ guest }) => {
      const user = await guest.process()
      const call = () => user.syscall('getpid')
      const oneByOne = async () => {
        for (let index = 0; index < CALLS; index += 1) await call()
      }
      const pipelined = () => Promise.all(Array.from({ length: CALLS }, call))
      const each = (work: () => Promise<unknown>) => async () => (await timed(work)) / CALLS
      return sideBySide(
        [
          { row: 'system call, one at a time', read: each(oneByOne) },
          { row: 'system call, pipelined', read: each(pipelined) },
        ],
        5,
      )
    }),
}

const verdict: Row = {
  name: 'verdict',
  measures: 'modprove run, nothing changed, all suites on plain',
  read: ({ signal }) =>
    sideBySide(
      [
        {
          row: 'nothing changed → plain verdict',
          read: () =>
            timed(() =>
              execa('node', ['harness/cli/modprove.js', 'run'], {
                cwd: checkoutRoot,
                cancelSignal: signal,
              }),
            ),
        },
      ],
      3,
    ),
}

/** Proportional set size: what is shared counts to each of those who share it (proc_pid_smaps(5)). */
async function pssMiB(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / MIB
}

/** The same number of machines restored at once: time until all answer, and memory, for each of them. */
async function together(place: Place, machines: number, signal: AbortSignal) {
  await using folder = await privateFolder()
  const since = performance.now()
  const reached = await Promise.all(
    Array.from({ length: machines }, async () => reach(place, folder.path, signal, noSaying)),
  )
  const eachMs = (performance.now() - since) / machines
  let memoryMiB = 0
  for (const { machine } of reached) memoryMiB += await pssMiB(machine.pid)
  for (const { guest, machine } of reached) {
    await guest.close()
    await machine.quit()
  }
  return { eachMs, eachMiB: memoryMiB / machines }
}

const machines: Row = {
  name: 'machines',
  measures: 'machines restored side by side: time and memory of each',
  read: async ({ plain, signal }) => {
    const readings: Readings[] = []
    for (const count of [1, 2, 4, 8]) {
      const rounds = []
      for (let round = 0; round < 3; round += 1) rounds.push(await together(plain, count, signal))
      const row = `${count} at once: each`
      readings.push({ row, unit: 'ms', values: rounds.map(({ eachMs }) => eachMs) })
      readings.push({ row, unit: 'MiB', values: rounds.map(({ eachMiB }) => eachMiB) })
    }
    return readings
  },
}

export const rows: readonly Row[] = [boot('plain', 7), boot('debug', 3), agent, machines, verdict]

/** Where results are kept. */
export const resultsFolder = join(checkoutRoot, '.modprove/bench')
