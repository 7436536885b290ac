import { scaled, scaledHere } from '../deadlines.js'
import type { Job } from './job.js'
import type { SuiteDefinition, TestDefinition } from './registry.js'

/** On KVM, unless the test or its suite declares another. */
const TEST_MS = 30_000
/** A test that passed before may take so many times as long as it ever did, */
const TIMES_THE_LONGEST = 15
/** and never less than this: a host may be busy with other work all of a sudden. */
const LEAST_MS = 20_000
/** Longer than any driver waits for its device; the kernel's own limit (CONFIG_DETECT_HUNG_TASK) is two minutes. */
const ASLEEP_MS = 20_000

export interface TestDeadline {
  /** On this host, in milliseconds. */
  readonly limitMs: number
  /** How long a task of the test may sleep uninterruptibly without waking, in milliseconds. */
  readonly asleepMs: number
  /** The longest that the test took when it passed, where the deadline comes from that. */
  readonly longestMs?: number
}

/**
 * Longest that a test may take: what was asked for; else what it declares, and less where it was always quicker by far. So a
 * test that hangs is given up soon, and one that nobody ran before has the time that it declares.
 */
export function testDeadline(
  { name, options }: Pick<TestDefinition, 'name' | 'options'>,
  suite: Pick<SuiteDefinition, 'options'>,
  {
    timeoutMs,
    pastMs,
    machine,
  }: Pick<Job, 'timeoutMs' | 'pastMs'> & {
    readonly machine: Pick<Job['machine'], 'accelerator'>
  },
): TestDeadline {
  // Wall-clock time: whoever names it knows his host.
  if (timeoutMs !== undefined) return { limitMs: timeoutMs, asleepMs: timeoutMs }
  const declaredMs = options.timeoutMs ?? suite.options.timeoutMs ?? TEST_MS
  const limitMs = scaled(declaredMs, machine.accelerator)
  const longestMs = pastMs !== undefined && Object.hasOwn(pastMs, name) ? pastMs[name] : undefined
  const asleepMs = scaledHere(Math.max(ASLEEP_MS, longestMs ?? 0))
  if (longestMs === undefined) return { limitMs, asleepMs }
  const usualMs = scaledHere(Math.max(LEAST_MS, TIMES_THE_LONGEST * longestMs))
  return usualMs < limitMs ? { limitMs: usualMs, asleepMs, longestMs } : { limitMs, asleepMs }
}

/** What is to be known of a deadline that has passed, for its message. */
export function deadlineNote({ longestMs }: Pick<TestDeadline, 'longestMs'>): string {
  if (longestMs === undefined) return ''
  const seconds = (longestMs / 1000).toFixed(1)
  return ` (it never took longer than ${seconds} s when it passed; --timeout gives it more)`
}
