import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that a run started, however far down. */
export interface MarkedProcess {
  readonly pid: number
  /** proc(5) comm: at most 15 characters. */
  readonly name: string
}

const MARK = 'MODPROVE_CHAOS'
/** The kernel's death signals go from parent to child, one process after the other. */
const GONE_MS = 20_000
const LOOK_AGAIN_MS = 50

/** What a run's environment gets, and with it all that it starts. */
export const markOf = (id: string): NodeJS.ProcessEnv => ({ [MARK]: id })

/** The living processes that carry the mark; proc(5) environ is what a process was started with. */
export async function markedProcesses(id: string): Promise<MarkedProcess[]> {
  const found: MarkedProcess[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '')
    if (!environment.split('\0').includes(`${MARK}=${id}`)) continue
    const name = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => undefined)
    if (name !== undefined) found.push({ pid: Number(entry), name: name.trim() })
  }
  return found
}

/** Waits until none is left, and returns those that stay. There is no event for the end of somebody else's child. */
export async function leftProcesses(id: string): Promise<MarkedProcess[]> {
  const until = performance.now() + GONE_MS
  for (;;) {
    const left = await markedProcesses(id)
    if (left.length === 0 || performance.now() > until) return left
    await sleep(LOOK_AGAIN_MS)
  }
}
