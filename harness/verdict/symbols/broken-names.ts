/** A task's name: up to 15 characters, newlines included (prctl(2), PR_SET_NAME), shown as `\n`. */
const NAME = String.raw`(?:\\n|.){1,15}`

/** Kernel lines that contain a task's name, from the start of the line to just after the name. */
const NAMED = new RegExp(
  '^(?:' +
    [
      String.raw`INFO: task ${NAME}:\d{1,10} (?:blocked|is blocked) `,
      String.raw`task:${NAME} +state:`,
      String.raw`CPU: \d{1,4} (?:UID: \d{1,10} )?PID: \d{1,10} Comm: ${NAME} (?:Not tainted|Tainted: )`,
      String.raw`${NAME} invoked oom-killer: gfp_mask=`,
      String.raw`(?:watchdog: )?BUG: soft lockup - CPU#\d{1,4} stuck for \d{1,6}s! \[${NAME}:\d{1,10}\]`,
      String.raw`BUG: scheduling while atomic: ${NAME}/\d{1,10}/0x`,
      String.raw`BUG: using \S{1,80} in preemptible .{1,20} code: ${NAME}/\d`,
      String.raw`BUG: Bad page \w{1,10} in process ${NAME}  p`,
      String.raw`(?:BUG|WARNING): ${NAME}/\d{1,10} still has locks held`,
      String.raw`${NAME}/\d{1,10} (?:is trying to acquire lock|just changed the state of lock)`,
      String.raw`(?:Read|Write) of size \d{1,19} at addr [0-9a-f]{1,16} by task ${NAME}/\d`,
    ].join('|') +
    ')',
)

/** Possible beginnings of a line that a newline in a task's name broke. */
const MAY_BREAK =
  /^(?:INFO: task |task:|CPU: \d|watchdog: BUG: soft|BUG: (?:soft|sched|using|Bad)|BUG: .{0,15}$|WARNING: .{0,15}$|Read of|Write of|.{0,15}$)/

const MOST_PARTS = 16

/**
 * How many lines, from the first, are one kernel line that newlines in a task's name broke; 1 if
 * it is not broken.
 */
export function partsOfLine(lines: readonly string[]): number {
  const [first = ''] = lines
  if (lines.length < 2) return 1
  if (!MAY_BREAK.test(first) || NAMED.test(first)) return 1
  for (let parts = 2; parts <= Math.min(lines.length, MOST_PARTS); parts += 1)
    if (NAMED.test(lines.slice(0, parts).join('\\n'))) return parts
  return 1
}

/** Joins lines that newlines in a task's name broke; the newlines are shown as `\n`. */
export function mendNames(lines: readonly string[]): string[] {
  const mended: string[] = []
  for (let at = 0; at < lines.length;) {
    const parts = partsOfLine(lines.slice(at, at + MOST_PARTS))
    mended.push(lines.slice(at, at + parts).join('\\n'))
    at += parts
  }
  return mended
}
