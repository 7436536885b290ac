import { readFileSync } from 'node:fs'
import { parseStat } from './stat.js'

/** Whether a process is stopped, by a signal (T) or its tracer (t). */
export function isStopped(pid: number): boolean {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))
    return stat?.state.toUpperCase() === 'T'
  } catch {
    return false
  }
}
