import { readFile } from 'node:fs/promises'
import { usageError } from '../platform/errors.js'
import type { Finding } from './finding.js'

/** One known false alarm. */
export interface KnownFinding {
  readonly kind: string
  /** Matched against the finding's title. */
  readonly title: RegExp
  /** Kernel series, both ends included; undefined where it is open. */
  readonly kernels: { readonly from: string | undefined; readonly to: string | undefined }
  /** Undefined for every flavour. */
  readonly flavour: string | undefined
  readonly reason: string
}

/** A finding together with why it does not count, where it does not. */
export interface JudgedFinding {
  readonly finding: Finding
  readonly allowed: string | undefined
}

const FIELDS = new Set(['kind', 'title', 'from', 'to', 'flavour', 'reason'])

/**
 * Reads the list of known false alarms: a JSON array of objects with `kind` and `title` (a regular
 * expression), optional `from` and `to` (kernel series, both included) and `flavour`, and a `reason`.
 *
 * @throws ModproveError KNOWN_FINDINGS_INVALID, with file and entry
 */
export async function loadKnownFindings(file: string): Promise<KnownFinding[]> {
  let entries: unknown
  try {
    entries = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    // Nothing is known.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw invalid(file, 'it cannot be read as JSON', cause)
  }
  if (!Array.isArray(entries)) throw invalid(file, 'it is not an array')
  return entries.map((entry: unknown, index) => knownFinding(entry, `${file}, entry ${index + 1}`))
}

function knownFinding(entry: unknown, place: string): KnownFinding {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw invalid(place, 'it is not an object')
  const fields = entry as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries(fields)) {
    if (!FIELDS.has(name)) throw invalid(place, `there is no field "${name}"`)
    if (typeof value !== 'string' || value.trim() === '')
      throw invalid(place, `"${name}" is not a text`)
  }
  const text = (name: string): string | undefined => fields[name] as string | undefined
  const needed = (name: string): string => {
    const value = text(name)
    if (value === undefined) throw invalid(place, `"${name}" is missing`)
    return value
  }
  const series = (name: string): string | undefined => {
    const value = text(name)
    if (value !== undefined && !/^\d+\.\d+$/.test(value))
      throw invalid(place, `"${name}" is "${value}", which is not a kernel series such as "6.1"`)
    return value
  }
  return {
    kind: needed('kind'),
    title: pattern(needed('title'), place),
    kernels: { from: series('from'), to: series('to') },
    flavour: text('flavour'),
    reason: needed('reason'),
  }
}

function pattern(source: string, place: string): RegExp {
  try {
    return new RegExp(source)
  } catch (cause) {
    throw invalid(place, `"title" is not a regular expression: ${source}`, cause)
  }
}

const invalid = (place: string, what: string, cause?: unknown): Error =>
  usageError('KNOWN_FINDINGS_INVALID', `${place}: ${what}`, {
    remedy: 'every entry needs "kind", "title" and "reason"; see the README, "Known findings"',
    cause,
  })

/** Says of each finding whether it is known to be a false alarm on this kernel; none is dropped. */
export function judge(
  findings: readonly Finding[],
  known: readonly KnownFinding[],
  kernel: { readonly series: string; readonly flavour: string },
): JudgedFinding[] {
  const here = known.filter(
    ({ kernels: { from, to }, flavour }) =>
      (from === undefined || compareSeries(from, kernel.series) <= 0) &&
      (to === undefined || compareSeries(kernel.series, to) <= 0) &&
      (flavour === undefined || flavour === kernel.flavour),
  )
  return findings.map(finding => ({
    finding,
    allowed: here.find(({ kind, title }) => kind === finding.kind && title.test(finding.title))
      ?.reason,
  }))
}

function compareSeries(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number)
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number)
  return aMajor - bMajor || aMinor - bMinor
}
