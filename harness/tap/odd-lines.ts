const PREFIX = String.raw`(?:\x1b\[[\d;]*m|<\d{1,3}>|\[ {0,8}\d{1,8}\.\d{1,9}\]|\s)*`
/** Time and caller before a message of the kernel. */
const KERNEL = String.raw`(?:<\d{1,3}>)?\[ {0,8}\d{1,8}\.\d{6}\](?:\[ {0,8}[TC]\d{1,9}\])?`
/** A failure that is none of TAP's: coloured, as the kernel's log has it, behind what a terminal has overwritten. */
export const HIDDEN = new RegExp(
  String.raw`(?:^|\r)${PREFIX}not ok\b|^${KERNEL}[^\r]{1,1000}?not ok \d{1,10}(?: |$)`,
)
export const HIDDEN_BEHIND = new RegExp(String.raw`\r${PREFIX}not ok\b`)
export const HIDES = 'says "not ok" where no test point begins'
/** A line of TAP, or what may become one, in whose midst the kernel printed a message. */
export const TORN = new RegExp(
  String.raw`^\s*(?:n|no|not ?|(?:not )?o|(?:not )?ok(?: .*)?|\d{1,10}\.{0,2}\d{0,10})${KERNEL} `,
  's',
)
export const IS_TORN = 'was torn by a message of the kernel'
/** How a stream begins that stands in comments: kselftest's runner puts "# " before each line of a test program. */
export const COMMENTED = /^(?:K?TAP version \d+$|1\.\.\d+(?:\s|$)|(?:not )?ok \d+(?:\s|$))/i
