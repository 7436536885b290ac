import { columnTitle } from '../contract/column-title.js'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startCountdown, scaledHere } from '../platform/waiting/deadlines.js'
import { harnessError } from '../platform/errors.js'
import { ConnectionLost, type Guest } from '../guest/index.js'
import { calibrateDeadlines, secondsHere } from '../platform/host/host-slowness.js'
import { during } from '../platform/terminal/progress.js'
import { runName, shellsOf } from '../record/record.js'
import { columnRef } from '../plan/column.js'
import { oneColumn } from '../plan/columns.js'
import { wantedColumn } from '../plan/wanted-columns.js'
import { prepareColumn } from '../plan/prepare-column.js'
import { Session } from '../session/session.js'
import { chooseAccelerator, describeEnd } from '../vm/index.js'
import { exitStatus, runAttached } from './attached.js'
import type { Invocation, MachineOptions } from './invocation.js'
import type { Terminal } from '../platform/terminal/terminal.js'

export interface ShellOptions extends MachineOptions {
  kernel?: string
  flavour?: string
  cold?: boolean
}

const BOOT_SECONDS = 3
/** A kernel that panics resets at once, which ends QEMU. */
const GOING_DOWN_MS = 5_000
/** Room for a panic and the messages before it. */
const CONSOLE_LINES = 60

export async function execute({
  args,
  options,
  terminal,
  signal,
  project: read,
}: Invocation<ShellOptions>): Promise<number> {
  const project = await read()
  const work = { signal, progress: terminal }
  const { kernel, flavour } = wantedColumn(project, options)
  const column = await oneColumn(project, kernel, flavour, work)
  await calibrateDeadlines(terminal)
  const accelerator = await chooseAccelerator(options.accel, work)
  const { setup, module } = await prepareColumn(
    project,
    column,
    { accelerator, cold: options.cold ?? false },
    work,
  )
  const title = columnTitle(columnRef(column))
  const folder = join(shellsOf(project), runName(new Date()))
  await mkdir(folder, { recursive: true })
  await using session = await during(
    terminal,
    `starting ${title}`,
    await secondsHere(BOOT_SECONDS, 2),
    () => Session.open(setup, folder, signal, text => terminal.say(text)),
  )
  await session.loadModules(module.modules.map(({ name }) => ({ name })))
  try {
    const status = await attached(session.guest, args, title, terminal)
    // The console of a machine that ended normally is not needed.
    await rm(folder, { recursive: true })
    return status
  } catch (error) {
    if (error instanceof ConnectionLost && !signal.aborted) throw await machineLost(session, error)
    throw error
  }
}

async function attached(
  guest: Guest,
  args: readonly string[],
  title: string,
  terminal: Terminal,
): Promise<number> {
  const [first, ...rest] = args
  if (first !== undefined)
    return runAttached(guest, rest.length === 0 ? first : [first, ...rest], process)
  // As in ssh: piped commands need no terminal, and a terminal would not end with the pipe.
  if (!process.stdin.isTTY) return runAttached(guest, ['sh'], process)
  terminal.say(`${title} with its modules loaded; exit ends the machine`)
  return exitStatus(await guest.shell(process))
}

/** Reports how the machine ended, with its last output: often the panic of interest. */
async function machineLost({ machine }: Session, cause: ConnectionLost): Promise<Error> {
  const end = await Promise.race([
    machine.ended,
    new Promise<undefined>(resolve => {
      startCountdown(scaledHere(GOING_DOWN_MS), () => resolve(undefined), { unref: true })
    }),
  ])
  const what = end === undefined ? 'no longer answers' : describeEnd(end)
  return harnessError('MACHINE_LOST', `The machine ${what}`, {
    detail: machine.console.tail(CONSOLE_LINES).join('\n'),
    remedy: `Its whole console is in ${machine.console.path}`,
    cause,
  })
}
