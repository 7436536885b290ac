import { isOfWatchdogs } from '../finding-kinds.js'
import type { Finding } from '../finding.js'

/** Kernel threads that work on behalf of any task, at any time. */
const KERNEL_THREAD = /^(?:(?:kworker|swapper|ksoftirqd|migration|irq|rcuc|rcuo[gps])\b|rcu_)/

/**
 * False for what an interrupt did (a timer), which printk gives as the caller. Watchdogs run in
 * interrupts and report the task they interrupt.
 */
export const isOfItsTask = ({ kind, caller }: Pick<Finding, 'kind' | 'caller'>): boolean =>
  isOfWatchdogs(kind) || !/^C/.test(caller)

/** True if no process caused the finding: a kernel thread ran, or an interrupt. */
export const isForeign = ({ kind, task, caller, frames }: Finding): boolean =>
  (task !== undefined && KERNEL_THREAD.test(task.comm)) ||
  frames.some(frame => /^ret_from_fork/.test(frame.function)) ||
  !isOfItsTask({ kind, caller })
