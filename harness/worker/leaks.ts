import { readPageOwner } from '../guest/index.js'
import { scaled } from '../platform/waiting/deadlines.js'
import { harnessError } from '../platform/errors.js'
import type { Session } from '../session/session.js'
import { readKmemleak, readLeakedPages, type Finding } from '../verdict/index.js'

const KMEMLEAK = '/sys/kernel/debug/kmemleak'
/** One scan reads all of the guest's memory: more than 90 s when emulated on a crowded host. */
const SCAN_MS = 30_000
/** mm/kmemleak.c, MSECS_MIN_AGE: younger objects are not reported. */
const KMEMLEAK_MIN_AGE_MS = 5_000

/** Waits until leaks are old enough for kmemleak, whose clock is the guest's. */
export async function ageLeaks({ guest }: Session): Promise<void> {
  if (await guest.exists(KMEMLEAK)) await guest.exec(['sleep', String(KMEMLEAK_MIN_AGE_MS / 1000)])
}

/** Leaked objects, where the kernel has kmemleak. */
export async function leakedObjects(session: Session): Promise<Finding[]> {
  const { guest, setup, kernel } = session
  if (!(await guest.exists(KMEMLEAK))) return []
  // A pointer that moves during a scan is missed, so two scans must agree.
  const timeoutMs = scaled(SCAN_MS, setup.machine.accelerator)
  for (let scan = 0; scan < 2; scan += 1) {
    const { code, stderr } = await guest.exec(`echo scan > ${KMEMLEAK}`, { timeoutMs })
    // kmemleak turns itself off for good when it cannot allocate its metadata.
    if (code !== 0) throw harnessError('KMEMLEAK_OFF', `kmemleak does not scan: ${stderr.trim()}`)
  }
  const text = await kernel.nameAddresses(await guest.readFile(KMEMLEAK))
  return readKmemleak(text, modulesOf(session), guest.log.last)
}

/** Pages that unloaded modules did not give back, where the kernel notes who allocated them. */
export async function leakedPages(session: Session): Promise<Finding[]> {
  const { guest, kernel } = session
  const text = await kernel.nameAddresses((await readPageOwner(guest)) ?? '')
  return readLeakedPages(text, modulesOf(session), guest.log.last)
}

const modulesOf = ({ setup }: Session): string[] => setup.modules.map(({ name }) => name)
