import { scaled, scaledHere } from '../platform/waiting/deadlines.js'
import type { Job } from '../session/job.js'
import type { SuiteDefinition, TestDefinition } from '../suite-api/registry.js'

/** On KVM, unless the test or its suite declares a timeout. */
const TEST_MS = 30_000
/** A test that passed before may take this many times its longest duration, */
const TIMES_THE_LONGEST = 15
/** but at least this long: a host may become busy. */
const LEAST_MS = 20_000
/** Longer than drivers wait for a device; CONFIG_DETECT_HUNG_TASK's default is two minutes. */
const ASLEEP_MS = 20_000

/** The part of a job that says how long its tests may take. */
type Times = Pick<Job, 'timeoutMs' | 'pastMs'> & {
  readonly machine: Pick<Job['machine'], 'accelerator'>
}

export interface TestDeadline {
  /** On this host, in milliseconds. */
  readonly limitMs: number
  /** How long a task of the test may sleep uninterruptibly without waking, in milliseconds. */
  readonly asleepMs: number
  /** The test's longest duration when it passed, if the limit comes from that. */
  readonly longestMs?: number
}

/**
 * A test's timeout: the requested one; else the declared one, or less if the test was always much
 * faster. So a hang is noticed early, and a new test has all of its declared time.
 */
export function testDeadline(
  { name, options }: Pick<TestDefinition, 'name' | 'options'>,
  suite: Pick<SuiteDefinition, 'options'>,
  { timeoutMs, pastMs, machine }: Times,
): TestDeadline {
  // Not scaled: the user knows the host.
  if (timeoutMs !== undefined) return { limitMs: timeoutMs, asleepMs: timeoutMs }
  const declaredMs = options.timeoutMs ?? suite.options.timeoutMs ?? TEST_MS
  const limitMs = scaled(declaredMs, machine.accelerator)
  const longestMs = pastMs !== undefined && Object.hasOwn(pastMs, name) ? pastMs[name] : undefined
  const asleepMs = scaledHere(Math.max(ASLEEP_MS, longestMs ?? 0))
  if (longestMs === undefined) return { limitMs, asleepMs }
  const usualMs = scaledHere(Math.max(LEAST_MS, TIMES_THE_LONGEST * longestMs))
  return usualMs < limitMs ? { limitMs: usualMs, asleepMs, longestMs } : { limitMs, asleepMs }
}

/** The reason of a timeout, for its message. */
export function deadlineNote({ longestMs }: Pick<TestDeadline, 'longestMs'>): string {
  if (longestMs === undefined) return ''
  const seconds = (longestMs / 1000).toFixed(1)
  return ` (it never took longer than ${seconds} s when it passed; --timeout gives it more)`
}
