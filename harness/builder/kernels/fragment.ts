import { usageError } from '../../platform/errors.js'
import { inRange, isSeriesRange, SERIES_RANGE } from '../../platform/text/series-range.js'

/** One requested line of a Kconfig fragment. */
export interface ConfigOption {
  /** `CONFIG_KASAN` */
  readonly name: string
  /** `y`, `m`, `n`, a number or a quoted string, as a .config writes it. */
  readonly value: string
  /** `images/config/debug.config:12` */
  readonly source: string
  /** The list of the configuration that it is in; absent: it is in the file of `source`. */
  readonly list?: string
  /** Series it is for, both ends included: `5.14..`, `..7.2`, `6.1..6.12`; absent means all. */
  readonly range?: string
}

const LINE = /^(CONFIG_\w+)=(y|m|n|-?\d+|0x[0-9a-fA-F]+|"[^"]*")(?:\s+#\s*(.*))?$/

/**
 * The options of a fragment: lines as {@link parseOption} takes them, empty ones, and comments.
 * @param file how messages name the fragment
 * @throws ModproveError `CONFIGURATION`, naming file and line
 */
export const parseFragment = (text: string, file: string): readonly ConfigOption[] =>
  text.split('\n').flatMap((raw, index) => {
    const line = raw.trim()
    return line === '' || line.startsWith('#') ? [] : [parseOption(line, `${file}:${index + 1}`)]
  })

/**
 * The option of a line of `CONFIG_X=value`, `CONFIG_X=value # range` or `… # range reason`; a
 * comment without `..` is a reason alone.
 * @param source how messages name it
 * @throws ModproveError `CONFIGURATION`
 */
export function parseOption(line: string, source: string): ConfigOption {
  const [, name, value, comment = ''] = LINE.exec(line) ?? []
  if (name === undefined || value === undefined)
    throw malformed(
      source,
      line,
      'expected CONFIG_NAME=value, and "# 5.14.." behind it for a range',
    )
  const [range = ''] = comment.split(/\s/)
  if (isSeriesRange(range)) return { name, value, source, range }
  if (comment.includes('..')) throw malformed(source, line, `expected ${SERIES_RANGE}`)
  return { name, value, source }
}

const malformed = (source: string, line: string, expected: string) =>
  usageError('CONFIGURATION', `${source}: ${expected}, got: ${line}`)

/** The options for one series; of lines of one option the last wins, as in merge_config.sh. */
export function optionsFor(
  series: string,
  options: readonly ConfigOption[],
): readonly ConfigOption[] {
  const chosen = new Map<string, ConfigOption>()
  for (const option of options) {
    if (!inRange(series, option.range)) continue
    // Put in anew: a machine's options must not reorder those that a project sets as well.
    chosen.delete(option.name)
    chosen.set(option.name, option)
  }
  return [...chosen.values()]
}

/** Options as merge_config.sh reads them. */
export const formatFragment = (options: readonly ConfigOption[]): string =>
  options
    .map(({ name, value }) => (value === 'n' ? `# ${name} is not set\n` : `${name}=${value}\n`))
    .join('')
