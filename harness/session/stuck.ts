/** Stands for an unknown function: nothing answers, and no module is on the stack. */
export const SILENT = 'silence'

/** `fn+0x1/0x2 [module]`, as in traces, also after `RIP: 0010:`. */
const FRAME = /^\s*(?:RIP: 0010:|\? )?([\w.]+)\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[([\w-]+)\])?/
/** Functions that every waiting task is in: their caller is of interest. */
const WAITING =
  /^_*(?:schedule|io_schedule|preempt_schedule|mutex|ww_mutex|rt_mutex|rwsem|rwbase|down|wait_for|bit_wait|out_of_line_wait|swait|synchronize_(?:s?rcu|irq)|flush_work|raw_spin)/

interface Frame {
  readonly name: string
  readonly module: string | undefined
}

function framesIn(text: string): Frame[] {
  return text.split('\n').flatMap(line => {
    const [, name, module] = FRAME.exec(line) ?? []
    return name === undefined ? [] : [{ name, module }]
  })
}

const inModule = (frames: readonly Frame[]): string | undefined => {
  const frame = frames.find(({ module }) => module !== undefined)
  return frame && `${frame.name} [${frame.module}]`
}

/** @param ran what the CPUs of a silent guest executed, as `whatRan` prints it */
export const stuckInSilence = (ran: string): string => inModule(framesIn(ran)) ?? SILENT

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
    .map(framesIn)
  const own = tasks.map(inModule).find(frame => frame !== undefined)
  if (own !== undefined) return own
  const waits = tasks.flatMap(frames => frames.find(({ name }) => !WAITING.test(name)) ?? [])
  return waits[0]?.name
}
