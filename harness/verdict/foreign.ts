import { isOfWatchdogs, type Finding } from './finding.js'

/** Threads of the kernel, which work for whoever asked them, whenever. */
const KERNEL_THREAD = /^(?:kworker|swapper|ksoftirqd|rcu_|rcuc|migration|irq)\b/

/**
 * Whether what the kernel complained of was no doing of a process: a kernel thread was running, or an interrupt (a timer's,
 * that is), which printk notes as the caller. A watchdog is an interrupt itself, and tells of whom it interrupts.
 */
export const isForeign = ({ kind, task, caller, frames }: Finding): boolean =>
  (task !== undefined && KERNEL_THREAD.test(task.comm)) ||
  frames.some(frame => /^ret_from_fork/.test(frame.function)) ||
  (!isOfWatchdogs(kind) && /^C/.test(caller))
