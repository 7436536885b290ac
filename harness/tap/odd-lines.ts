/** Colour, or prefix of a kernel message. */
const ASIDE = String.raw`(?:\x1b\[[\d;]*m|<\d{1,3}>|\[ {0,8}\d{1,8}\.\d{1,9}\]|\s)`
const PREFIX = `${ASIDE}*`
/** Prefix of a kernel message: time and caller. */
const KERNEL = String.raw`(?:<\d{1,3}>)?\[ {0,8}\d{1,8}\.\d{6}\](?:\[ {0,8}[TC]\d{1,9}\])?`
/** A failure that does not begin its line: after colours, a kernel prefix, overwritten text. */
export const HIDDEN = new RegExp(
  String.raw`(?:^|\r)${PREFIX}not ok\b|^${KERNEL}[^\r]{1,1000}?not ok \d{1,10}(?: |$)`,
)
export const HIDDEN_BEHIND = new RegExp(String.raw`\r${PREFIX}not ok\b`)
export const HIDES = 'says "not ok" where no test point begins'
/** A line of TAP, or the start of one, with a kernel message inside. */
export const TORN = new RegExp(
  String.raw`^\s*(?:n|no|not ?|(?:not )?o|(?:not )?ok(?: .*)?|\d{1,10}\.{0,2}\d{0,10})${KERNEL} `,
  's',
)
export const IS_TORN = 'was torn by a message of the kernel'
const OF_STREAM =
  /^(?:K?TAP version \d+$|1\.\.\d+(?:\s|$)|(?:not )?ok \d+(?:\s|$)|bail out!|Totals: pass:)/i
/** Prose says "not ok", and no number. */
const NUMBERED = new RegExp(String.raw`not ok${ASIDE}+\d`)

/**
 * Whether a comment is no prose, but a line of a stream: kselftest's runner puts "# " before all
 * that a test prints, and runners may nest.
 */
export function isOfStream(comment: string): boolean {
  const line = comment.replace(/^[#\s]+/, '')
  const hides = HIDDEN.test(line) && NUMBERED.test(line)
  return hides || OF_STREAM.test(line) || TORN.test(line)
}

/** Width of an indentation: KUnit of 5.10 indents by tabs. */
export const columns = (indentation: string): number =>
  indentation.replaceAll('\t', ' '.repeat(8)).length
