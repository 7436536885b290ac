/** What `/proc/PID/stat` says of a process or thread: proc_pid_stat(5). */
export interface ProcessStat {
  readonly pid: number
  readonly name: string
  /** One letter: `R`, `S`, `D`, `T`, `t`, `Z`, … */
  readonly state: string
  readonly parent: number
  /** PF_* of include/linux/sched.h. */
  readonly flags: number
  readonly threads: number
  /** When it started, in ticks of 10 ms since boot. */
  readonly startTicks: number
}

/** Indices of fields after the name. */
const [STATE, PARENT, FLAGS, THREADS, START] = [0, 1, 6, 17, 19]

/** Parses `/proc/PID/stat`; undefined for the empty text of a process that has ended. */
export function parseStat(text: string): ProcessStat | undefined {
  // The name may hold anything, parentheses and newlines too: the last one ends it.
  const end = text.lastIndexOf(') ')
  const [, pid, name] = /^(\d{1,10}) \((.*)$/s.exec(text.slice(0, Math.max(0, end))) ?? []
  if (pid === undefined || name === undefined) return undefined
  const fields = text.slice(end + 2).split(' ')
  const number = (index: number): number => Number(fields[index] ?? 0)
  return {
    pid: Number(pid),
    name,
    state: fields[STATE] ?? '',
    parent: number(PARENT),
    flags: number(FLAGS),
    threads: number(THREADS),
    startTicks: number(START),
  }
}
