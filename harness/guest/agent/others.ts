import { setTimeout as pause } from 'node:timers/promises'
import { afterRunning } from '../../platform/deadlines.js'
import type { AgentClient } from './client.js'
import type { OtherProcess } from './payloads.js'

/** Between two looks, at first and at most. */
const AGAIN_MS = { first: 5, most: 50 }

export interface EndOptions {
  /** How long what was left running may take to end by itself. */
  readonly graceMs: number
  /** How long the machine has been stopped until now: that is no time it had. */
  readonly stoppedMs: () => number
}

/**
 * Ends all that commands and tasks started: at once what is part of one that still runs, after `graceMs` what outlived the
 * command or the task that started it.
 *
 * @returns what had to be killed after its time, and what SIGKILL does not end
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

/** What has not gone by itself, or by an earlier kill, within its time. */
async function remaining(
  agent: AgentClient,
  limitMs: number,
  stoppedMs: () => number,
): Promise<readonly OtherProcess[]> {
  const late = new AbortController()
  const forget = afterRunning(limitMs, () => late.abort(), { stoppedMs })
  try {
    for (let againMs = AGAIN_MS.first; ; againMs = Math.min(2 * againMs, AGAIN_MS.most)) {
      const isLast = late.signal.aborted
      const others = await agent.others(false)
      if (others.length === 0 || isLast) return others
      await pause(againMs)
    }
  } finally {
    forget()
  }
}
