import { readFileSync } from 'node:fs'

/** Whether somebody has stopped a process (proc(5) stat: T, or t when it is traced); nothing else tells of it. */
export function isStopped(pid: number): boolean {
  try {
    // The name before it may hold anything, parentheses too.
    return /^.*\) [Tt]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
