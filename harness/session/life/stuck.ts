import { parseTraceLine, type Frame } from '../../verdict/index.js'

/** Stands for an unknown function: nothing answers, and no module is on the stack. */
export const SILENT = 'silence'

/** Functions that every waiting task is in: their caller is the one to name. */
const WAITING =
  /^_*(?:schedule|io_schedule|preempt_schedule|mutex|ww_mutex|rt_mutex|rwsem|rwbase|down|wait_for|bit_wait|out_of_line_wait|swait|synchronize_(?:s?rcu|irq)|flush_work|raw_spin)/

const ofModule = (frames: readonly Frame[]): Frame | undefined =>
  frames.find(({ module }) => module !== undefined)

/** @param ran what the processors of a silent guest were running; the module's, if one was */
export const stuckInSilence = (ran: readonly Frame[]): Frame | undefined => ofModule(ran)

const TASK = /^task:/m

/** What sysrq-w printed, for the user: its head says nothing alone. */
export const blockedText = (output: string): string =>
  TASK.test(output) ? output : 'no task is blocked'

/**
 * Where a task is blocked: in the module's function if it is on the stack, else in the one that
 * waits.
 *
 * @param blocked output of sysrq-w
 * @returns undefined when no task is blocked
 */
export function stuckInTask(blocked: string): Frame | undefined {
  const tasks = blocked
    .split(TASK)
    .slice(1)
    .map(text => text.split('\n').flatMap(line => parseTraceLine(line) ?? []))
  const own = tasks.map(ofModule).find(frame => frame !== undefined)
  const waits = tasks.flatMap(frames => frames.find(frame => !WAITING.test(frame.function)) ?? [])
  return own ?? waits[0]
}

/** `ring_open [ring]` */
export const nameOf = ({ function: name, module }: Frame): string =>
  module === undefined ? name : `${name} [${module}]`
