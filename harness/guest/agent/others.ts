import { readUntil } from '../../platform/waiting/read-until.js'
import type { AgentClient } from './client.js'
import type { OtherProcess } from './payloads.js'

export interface EndOptions {
  /** How long leftover processes may take to exit. */
  readonly graceMs: number
  /** Total time the machine has been stopped; it does not count. */
  readonly stoppedMs: () => number
}

/**
 * Ends everything that commands and tasks started: running commands at once, and what outlived its
 * command or task after `graceMs`.
 * @returns what had to be killed after `graceMs`, and what survives SIGKILL
 */
export async function endOthers(
  agent: AgentClient,
  { graceMs, stoppedMs }: EndOptions,
): Promise<readonly OtherProcess[]> {
  if ((await remaining(agent, graceMs, stoppedMs)).length === 0) return []
  const left = (await agent.others(true)).filter(({ isLeft }) => isLeft)
  const stuck = await remaining(agent, agent.deadlineMs / 5, stoppedMs)
  const isNew = ({ pid }: OtherProcess): boolean => !left.some(other => other.pid === pid)
  return [...left, ...stuck.filter(isNew)]
}

/** What neither exited nor died of an earlier kill in time. */
const remaining = (
  agent: AgentClient,
  limitMs: number,
  stoppedMs: () => number,
): Promise<readonly OtherProcess[]> =>
  readUntil(
    () => agent.others(false),
    others => others.length === 0,
    limitMs,
    { stoppedMs },
  )
