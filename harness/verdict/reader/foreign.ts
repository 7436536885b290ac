import { isOfWatchdogs } from '../finding-kinds.js'
import type { Finding } from '../finding.js'

/** Kernel threads that work on behalf of any task, at any time. */
const KERNEL_THREAD = /^(?:(?:kworker|swapper|ksoftirqd|migration|irq|rcuc|rcuo[gps])\b|rcu_)/

/** What runs handlers of interrupts, timers, tasklets: kernel/irq, kernel/softirq.c, hrtimer.c. */
const INTERRUPT =
  /^(?:__handle_irq_event_percpu|__hrtimer_run_queues|handle_softirqs|__do_softirq|__softirqentry_text_start)\b/

/**
 * False for what an interrupt did (a timer), or an idle processor: printk gives it as the caller,
 * unless the interrupt spoilt the count by which printk knows. Watchdogs run in interrupts and
 * report the task they interrupt.
 */
export const isOfItsTask = ({
  kind,
  caller,
  frames,
}: Pick<Finding, 'kind' | 'caller' | 'frames'>): boolean =>
  isOfWatchdogs(kind) ||
  !(
    /^(?:C|T0$)/.test(caller) ||
    frames.some(frame => !frame.unreliable && INTERRUPT.test(frame.function))
  )

/** True if no process caused the finding: a kernel thread ran, or an interrupt. */
export const isForeign = (finding: Finding): boolean =>
  (finding.task !== undefined && KERNEL_THREAD.test(finding.task.comm)) ||
  finding.frames.some(frame => /^ret_from_fork/.test(frame.function)) ||
  !isOfItsTask(finding)

/** What was reported first: the others may come of it. */
export const rootOf = (findings: readonly Finding[]): Finding | undefined =>
  findings.toSorted((a, b) => a.firstSequence - b.firstSequence)[0]
