import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that a run started, directly or indirectly. */
export interface MarkedProcess {
  readonly pid: number
  /** proc(5) comm: at most 15 characters. */
  readonly name: string
}

const MARK = 'MODPROVE_CHAOS'
/** Parent-death signals propagate one process at a time. */
const GONE_MS = 20_000
const LOOK_AGAIN_MS = 50

/** Environment variable that a run passes on to all its processes. */
export const markOf = (id: string): NodeJS.ProcessEnv => ({ [MARK]: id })

/** The running processes with the mark. */
export const markedProcesses = (id: string): Promise<MarkedProcess[]> =>
  processesWith({ [MARK]: id })

/** The running processes with these variables; proc(5) environ is the initial environment. */
export async function processesWith(
  variables: Readonly<Record<string, string>>,
): Promise<MarkedProcess[]> {
  const wanted = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const found: MarkedProcess[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '')
    const has = new Set(environment.split('\0'))
    if (!wanted.every(each => has.has(each))) continue
    const name = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => undefined)
    if (name !== undefined) found.push({ pid: Number(entry), name: name.trim() })
  }
  return found
}

/** Polls until none is left, and returns survivors: other processes' children send no event. */
export async function leftProcesses(id: string): Promise<MarkedProcess[]> {
  const until = performance.now() + GONE_MS
  for (;;) {
    const left = await markedProcesses(id)
    if (left.length === 0 || performance.now() > until) return left
    await sleep(LOOK_AGAIN_MS)
  }
}
