import { readFileSync } from 'node:fs'

/** Whether a process is stopped: T in stat of proc(5), or t when it is traced. */
export function isStopped(pid: number): boolean {
  try {
    // The name before it may hold anything, parentheses too.
    return /^.*\) [Tt]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
