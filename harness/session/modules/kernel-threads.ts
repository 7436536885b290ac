import type { Guest } from '../../guest/index.js'
import { readKernelThread } from '../../verdict/index.js'
import { runningPids } from '../life/running-pids.js'

/** A file of /proc; empty if its thread has ended. */
export const readOfThread = (guest: Pick<Guest, 'readFile'>, path: string): Promise<string> =>
  guest.readFile(path).catch((error: unknown) => {
    if (['ENOENT', 'ESRCH'].includes((error as { code?: string }).code ?? '')) return ''
    throw error
  })

/** A thread of the kernel, other than its pools' workers. */
export const kernelThread = async (
  guest: Pick<Guest, 'readFile'>,
  pid: number,
): Promise<ReturnType<typeof readKernelThread>> =>
  readKernelThread(await readOfThread(guest, `/proc/${pid}/stat`))

/** In which test the kernel's threads began that were there at its end: one may be found later. */
export class KernelThreads {
  #seen: ReadonlySet<number> = new Set()
  readonly #tests = new Map<number, string>()

  /** @param test in which began what is new; absent: none, as between two tests */
  async look(guest: Pick<Guest, 'listTree' | 'readFile'>, test?: string): Promise<void> {
    const pids = await runningPids(guest)
    const fresh = pids.filter(pid => !this.#seen.has(pid))
    this.#seen = new Set(pids)
    for (const pid of fresh) {
      this.#tests.delete(pid)
      if (test !== undefined && (await kernelThread(guest, pid)) !== undefined)
        this.#tests.set(pid, test)
    }
  }

  /** The test in which the thread began, if one did. */
  testOf(pid: number): string | undefined {
    return this.#tests.get(pid)
  }
}
