import { SCHEMA, type RunEvent } from '../contract/events.js'

type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object'

/** What readers of a record rely on: every part of an event that is not optional in `events.ts`. */
const PARTS: {
  readonly [T in RunEvent['type']]: Readonly<
    Partial<Record<keyof Extract<RunEvent, { type: T }>, Kind>>
  >
} = {
  'run-start': {
    schema: 'number',
    run: 'string',
    at: 'string',
    folder: 'string',
    version: 'string',
    content: 'object',
    argv: 'array',
    host: 'object',
  },
  plan: { jobs: 'array' },
  'run-resume': { at: 'string', host: 'object' },
  column: {
    kernel: 'string',
    series: 'string',
    release: 'string',
    flavour: 'string',
    source: 'string',
    key: 'string',
    compiler: 'string',
    warnings: 'array',
    durationMs: 'number',
  },
  'build-failed': {
    kernel: 'string',
    series: 'string',
    release: 'string',
    flavour: 'string',
    status: 'string',
    problem: 'object',
  },
  'job-start': { job: 'string', at: 'string', title: 'string', tests: 'array' },
  'test-start': { job: 'string', test: 'string' },
  'test-end': {
    job: 'string',
    test: 'string',
    status: 'string',
    attempt: 'number',
    durationMs: 'number',
    problems: 'array',
    findings: 'array',
  },
  comparison: {
    against: 'string',
    changes: 'array',
    unchanged: 'number',
    fresh: 'number',
    past: 'array',
  },
  coverage: { folder: 'string', files: 'array', gaps: 'array', unusedReasons: 'array' },
  note: { job: 'string', text: 'string' },
  'not-restored': { job: 'string', why: 'string' },
  'job-end': { job: 'string', durationMs: 'number', counts: 'object' },
  'run-end': {
    at: 'string',
    durationMs: 'number',
    counts: 'object',
    exitCode: 'number',
    interrupted: 'boolean',
  },
}

/** Why a parsed line is no event that can be relied on; undefined when it is one, or of a type that is passed over. */
export function missingPart(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return 'has no type'
  const { type } = value
  if (typeof type !== 'string') return 'has no type'
  if (!Object.hasOwn(PARTS, type)) return undefined
  const parts: Readonly<Partial<Record<string, Kind>>> = PARTS[type as RunEvent['type']]
  const own = value as Readonly<Record<string, unknown>>
  // Of other shapes than these; whoever reads on refuses it by its number.
  if (typeof own['schema'] === 'number' && own['schema'] !== SCHEMA) return undefined
  for (const [part, kind] of Object.entries(parts))
    if (kindOf(own[part]) !== kind) return `is a ${type} without its ${part} (${kind})`
  return undefined
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
