import { parseTraceLine, type Frame } from '../verdict/index.js'

/** Stands for an unknown function: nothing answers, and no module is on the stack. */
export const SILENT = 'silence'

/** Functions that every waiting task is in: their caller is of interest. */
const WAITING =
  /^_*(?:schedule|io_schedule|preempt_schedule|mutex|ww_mutex|rt_mutex|rwsem|rwbase|down|wait_for|bit_wait|out_of_line_wait|swait|synchronize_(?:s?rcu|irq)|flush_work|raw_spin)/

const inModule = (frames: readonly Frame[]): string | undefined => {
  const frame = frames.find(({ module }) => module !== undefined)
  return frame && `${frame.function} [${frame.module}]`
}

/** @param ran what the processors of a silent guest were running */
export const stuckInSilence = (ran: readonly Frame[]): string => inModule(ran) ?? SILENT

/**
 * The function in which a task is blocked: the module's if it is on the stack, else the one that
 * waits.
 *
 * @param blocked output of sysrq-w
 * @returns undefined when no task is blocked
 */
export function stuckInTask(blocked: string): string | undefined {
  const tasks = blocked
    .split(/^task:/m)
    .slice(1)
    .map(text => text.split('\n').flatMap(line => parseTraceLine(line) ?? []))
  const own = tasks.map(inModule).find(frame => frame !== undefined)
  if (own !== undefined) return own
  const waits = tasks.flatMap(frames => frames.find(frame => !WAITING.test(frame.function)) ?? [])
  return waits[0]?.function
}
