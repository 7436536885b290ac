import { grouped } from '../../platform/grouped.js'
import { indented } from '../../platform/text/text.js'

/** What a tool says of the modules' sources. */
export interface Finding {
  readonly by: 'W=1' | 'sparse' | 'checkpatch'
  /** Its words, with their context: `module/ring.c:7:3: warning: …` */
  readonly text: string
  /** The column whose kernel it was found with: `6.1.192 plain`. */
  readonly on: string
}

/**
 * Whether a warning is about the modules: it is in one of their files, of what is used there, or of
 * no file, as modpost's are. `W=1` also finds mistakes of the kernel's headers.
 * @param sources files of the modules
 */
export function isOwn(text: string, sources: readonly string[]): boolean {
  const files = text
    .split('\n')
    .map(line => /^\s*(?:inlined from .* at )?([^\s:]+):\d+/.exec(line)?.[1])
  return files[0] === undefined || files.some(file => file !== undefined && sources.includes(file))
}

/** Each finding once, with all kernels it was found with; the lines of `modprove check`. */
export const findingLines = (findings: readonly Finding[]): string[] =>
  [...grouped(findings, ({ by, text }) => `${by} ${headOf(text)}`).values()].map(same => {
    const [{ by, text }] = same
    const kernels = same.map(({ on }) => on).join(', ')
    const [head = '', ...context] = text.split('\n')
    const lines = [head, ...context.map(line => indented(line, '  ')), `  ${by}, ${kernels}`]
    return lines.join('\n')
  })

/** The last line. @param checked the kernels for which the modules were built */
export function summaryLine(count: number, checked: readonly string[]): string {
  const found = `${count || 'no'} finding${count === 1 ? '' : 's'}`
  if (checked.length > 0) return `${found} on ${checked.join(', ')}`
  const why = 'compiler and sparse checked nothing: the modules build for none of these kernels'
  return count === 0 ? why : `${found} of checkpatch; ${why}`
}

const headOf = (text: string): string => text.split('\n', 1)[0] ?? ''
