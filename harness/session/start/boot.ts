import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { harnessError } from '../../platform/errors.js'
import { connect, describeErrno, O_WRONLY, type Guest, type Process } from '../../guest/index.js'
import { restore, start, type ReadyMachine, type Machine } from '../../vm/index.js'
import { silent } from '../../platform/terminal/progress.js'
import type { MachineSetup } from '../job.js'
import { MachineLost } from '../life/machine-lost.js'
import { sshOptions } from './ssh-access.js'
import { fromTemplate } from './template-use.js'
import { requireTemplate } from './templates.js'
import { requireWholeFiles } from './whole-files.js'

/** A machine and a connection to its guest. */
export interface ConnectedMachine {
  readonly machine: ReadyMachine
  readonly guest: Guest
  /** Loads and unloads modules, and outlives every test. */
  readonly moduleLoader: Process
  /** How long the guest took to serve a login and start the agent. */
  readonly connectMs: number
  /** Why it was booted instead of restored. */
  readonly notRestored?: string
}

/** include/uapi/linux/random.h: reseed from the pool at once. */
const RNDRESEEDCRNG = 0x5207
const CLOCK_REALTIME = 0
const RANDOM_BYTES = 64

/** Folders of templates remade in this process: each is remade only once. */
const remade = new Set<string>()

/**
 * A machine for one suite: restored from a working template, else booted; see {@link fromTemplate}.
 *
 * @param say receives one line about a template that does not work
 * @throws ModproveError `GUEST_DID_NOT_BOOT` and the like, with the console's last lines;
 * `GUEST_FILES_MISSING`
 */
export async function connectMachine(
  setup: MachineSetup,
  folder: string,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<ConnectedMachine> {
  const spec = { ...setup.machine, folder, signal }
  const { template } = setup
  const boot = async (): Promise<ConnectedMachine> => {
    const machine = await start(spec)
    return connected(machine, machine.ready(), setup, signal, false)
  }
  if (template === undefined) return boot()
  const work = { signal, progress: { ...silent, say } }
  const remake = async (): Promise<void> => {
    remade.add(template.folder)
    await requireTemplate({ ...template, ...work })
  }
  const isWorthIt = (setup.following ?? 0) > 0 && !remade.has(template.folder)
  const restored = async (): Promise<ConnectedMachine> => {
    const machine = await restore(spec, template)
    return connected(machine, machine, setup, signal, true)
  }
  const ways = { restore: restored, boot, ...(isWorthIt ? { remake } : {}) }
  const { machine: reached, ...how } = await fromTemplate(template, ways, work)
  return { ...reached, ...how }
}

async function connected(
  machine: Machine | ReadyMachine,
  booting: ReadyMachine | Promise<ReadyMachine>,
  setup: MachineSetup,
  signal: AbortSignal,
  isRestored: boolean,
): Promise<ConnectedMachine> {
  const lost = machine.ended.then(end => {
    throw new MachineLost(end)
  })
  lost.catch(() => undefined)
  try {
    const booted = await booting
    const { accelerator } = setup.machine
    const since = performance.now()
    const reaching = (async () => {
      const guest = await connect(await sshOptions(setup.ssh, booted, accelerator, signal))
      if (guest.logErrno !== 0) throw logUnreadable(guest.logErrno)
      const connectMs = performance.now() - since
      const spawning = guest.process()
      if (isRestored) await freshen(guest, spawning, setup)
      else await requireWholeFiles(guest, setup.machine)
      const moduleLoader = await spawning
      return { machine: booted, guest, moduleLoader, connectMs }
    })()
    reaching.catch(() => undefined)
    return await Promise.race([reaching, lost])
  } catch (error) {
    await machine.quit()
    throw error
  }
}

/**
 * Sets a restored guest's clock, reseeds its random pool (every guest of a template has the same),
 * and uploads the payload, which changes too often to be in the template.
 */
async function freshen(
  guest: Guest,
  moduleLoader: Promise<Process>,
  { payload }: MachineSetup,
): Promise<void> {
  await Promise.all([
    moduleLoader.then(setClock),
    moduleLoader.then(stirRandomPool),
    ...payload.map(async ({ path, file, mode }) => guest.upload(path, await readFile(file), mode)),
  ])
}

async function setClock(process: Process): Promise<void> {
  const nowMs = Date.now()
  const time = Buffer.alloc(16)
  time.writeBigInt64LE(BigInt(Math.floor(nowMs / 1000)), 0)
  time.writeBigInt64LE(BigInt((nowMs % 1000) * 1_000_000), 8)
  await process.syscall('clock_settime', CLOCK_REALTIME, time)
}

async function stirRandomPool(process: Process): Promise<void> {
  await using pool = await process.open('/dev/urandom', O_WRONLY)
  await process.write(pool, randomBytes(RANDOM_BYTES))
  await pool.ioctl(RNDRESEEDCRNG)
}

/** Without the log, a test would pass whatever the kernel reports. */
const logUnreadable = (errno: number) =>
  harnessError(
    'LOG_UNREADABLE',
    `the log of the guest's kernel cannot be read: open of /dev/kmsg gives ${describeErrno(errno).name}`,
  )
