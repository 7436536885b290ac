import type { FindingKind } from '../finding-kinds.js'
import type { Fatality, MemoryAccess } from '../finding.js'

/** The parts of a title. */
export interface TitleParts {
  /** The row's `begin` (or `says`) match. */
  readonly match: RegExpExecArray
  /** Function the report is about, without offsets; undefined if none was printed. */
  readonly where: string | undefined
  readonly access: MemoryAccess | undefined
}

/** Text in which `$1` is a group of the match, followed by the function; or computed. */
export type Title = string | ((parts: TitleParts) => string)

const filled = (text: string, match: RegExpExecArray): string =>
  text.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '')

export const titleOf = (title: Title, parts: TitleParts): string =>
  typeof title === 'string' ? filled(title, parts.match) + inFunction(parts) : title(parts)

/** A title without the function. */
export const alone =
  (text: string) =>
  ({ match }: TitleParts): string =>
    filled(text, match)

/** ` in ring_open`, if the function is known. */
export const inFunction = ({ where }: TitleParts): string =>
  where === undefined ? '' : ` in ${where}`

/** The beginning of a kernel report, and how to read it. */
export interface SplatRow {
  /** The line that gives the kind; anchored, so a driver's "x: BUG: y" does not match. */
  readonly begin: RegExp
  readonly kind: FindingKind
  /** Default: `report`. */
  readonly fatality?: Fatality
  readonly title: Title
  /**
   * How its end is recognized: `line`: it is one line; `marker`: `---[ end …`; `rule`: a line of
   * `=`; or a pattern. Default: its (last) call trace ends.
   */
  readonly end?: 'line' | 'marker' | 'rule' | RegExp
  /** Lines that begin other reports but belong to this one. */
  readonly contains?: RegExp
  /** Lines that may follow its end and belong to it. */
  readonly trailer?: RegExp
  /** A line after its end that introduces one more stack. */
  readonly reopens?: RegExp
  /** Printed by pr_info(); other headlines at that level are a driver's own words. */
  readonly isInfo?: true
  /** Its stack follows the headline, without a "Call Trace:". */
  readonly isBeforeStack?: true
}

const registers =
  /^(?:RIP: |RSP: |RAX: |RBX: |RDX: |RDX|RBP: |R\d\d: |FS: |CS: |CR2: |DR0: |DR3: |PKRU: |Code: |CR2$|EFLAGS|note: |Modules linked in: )/

export const oopsHead =
  /^(?:Oops: |invalid opcode: |invalid opcode, |#PF: |PGD |Internal error: |Mem abort info|kernel tried to execute|BUG: unable to handle|BUG: kernel NULL|KASAN: )/

/** A fault that kills its task. */
export const oops = (begin: RegExp, title: Title, kind: FindingKind = 'oops'): SplatRow => ({
  begin,
  kind,
  fatality: 'task',
  title,
  end: 'marker',
  contains: oopsHead,
  trailer: registers,
})
