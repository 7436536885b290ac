/** What says whether a line of the history is wanted; cheaper than all of it. */
export interface EntryHead {
  readonly run: string
  readonly at: string
  /** Lines of one job of one subject have the same. */
  readonly job: string
}

const TEXT = '"(?:[^"\\\\]|\\\\.)*"'
const HEAD = new RegExp(
  `^\\{"v":(\\d+),(?:"subject":(\\{.*?\\}),)?"run":(${TEXT}),"at":(${TEXT}),"kernel":(${TEXT}),"release":${TEXT},"flavour":(${TEXT}),.*?"suite":(${TEXT})`,
)

/** Reads the head of a line as `appendHistory` writes it; undefined for any other. */
export function headOf(line: string): EntryHead | undefined {
  const [, version, subject = '', run, at, kernel, flavour, suite] = HEAD.exec(line) ?? []
  if (run === undefined || at === undefined) return undefined
  const text = (word: string): string => JSON.parse(word) as string
  return {
    run: text(run),
    at: text(at),
    job: [version, subject, kernel, flavour, suite].join('\n'),
  }
}
