import type { Finding, FindingKind } from './finding.js'

/** How a machine ended, or did not, as its owner saw it; the strongest statement it can make. */
export type MachineEnd =
  | { readonly how: 'alive' }
  /** QMP: GUEST_PANICKED (pvpanic), or SHUTDOWN with reason guest-panic. */
  | { readonly how: 'guest-panicked' }
  /** QMP: SHUTDOWN or RESET by the guest: with `panic=-1` this is a panic, or a reboot nobody asked for. */
  | { readonly how: 'guest-reset' }
  /** It was switched off, or halted, in order: reboot(2). */
  | { readonly how: 'guest-halted' }
  | {
      readonly how: 'exited'
      readonly code: number | undefined
      readonly signal: string | undefined
      /** Bounded; what QEMU said last. */
      readonly stderr: string
    }

/** Everything known about a test whose machine died or that did not come back. */
export interface Evidence {
  readonly machineEnd: MachineEnd
  /** Of the running test's window, and what the console gave after it. */
  readonly findings: readonly Finding[]
  /** What the kernel printed on the console after the last record that was read; searched when no finding says it. */
  readonly lastPrinted: string
  /** Whether a machine that runs answered a ping, by ssh or on its console: undefined when that is not known. */
  readonly pingAnswered: boolean | undefined
  readonly connection: 'open' | 'lost'
  /** The test's own deadline has passed. */
  readonly deadlinePassed: boolean
  /** QMP `info registers` of every processor, taken before the kill. */
  readonly registers: string | undefined
}

export type Cause =
  | 'panic'
  | 'oops'
  | 'hang'
  | 'guest-reset'
  | 'guest-halted'
  | 'qemu-died'
  | 'connection-lost'
  | 'timeout'
  | 'unknown'

export interface Death {
  readonly cause: Cause
  /** `fail` is the module's fault; `error` the harness's or the machine's. */
  readonly status: 'fail' | 'error'
  /** One or two sentences for a person: what was seen that says so. */
  readonly explanation: string
}

const OOPSES: ReadonlySet<FindingKind> = new Set<FindingKind>([
  'oops',
  'gpf',
  'bug',
  'stack-overflow',
])

/** Why a test has no result of its own, the strongest evidence first; deterministic in its evidence. */
export function causeOfDeath(evidence: Evidence): Death {
  const { machineEnd: end, findings, pingAnswered } = evidence
  const ended = end.how !== 'alive'
  // A kernel that panics takes its machine along or stays silent; beside a QEMU that was killed the console, on which
  // anybody may write, proves nothing.
  const mayHavePanicked = (ended && end.how !== 'exited') || pingAnswered === false
  const lastSaid = mayHavePanicked ? lastWords(evidence.lastPrinted) : undefined
  const panic =
    (findings.find(({ kind }) => kind === 'panic') ?? panicOf(findings))?.title ?? lastSaid
  const root = findings.find(
    ({ follows, fatality }) => follows === undefined && fatality !== 'report',
  )
  const first = root ?? findings[0]
  const because = first === undefined ? '' : ` It began with: ${first.title}.`

  if (end.how === 'guest-panicked')
    return fail('panic', `The guest told QEMU that it panicked.${because}`)
  if (panic !== undefined) return fail('panic', `The kernel panicked: ${panic}.${because}`)
  const oops = findings.find(({ kind, fatality }) => OOPSES.has(kind) && fatality !== 'report')
  if (oops !== undefined)
    return fail('oops', `The kernel oopsed: ${oops.title}. The task that ran was killed by it.`)
  if (end.how === 'guest-reset')
    return fail(
      'guest-reset',
      `The guest restarted: reboot(2), or a fault that it could not tell of.${because}`,
    )
  if (end.how === 'guest-halted')
    return fail('guest-halted', `The guest was switched off or halted: reboot(2).${because}`)
  if (end.how === 'exited') return fault('qemu-died', `QEMU ended ${exitWords(end)}.${because}`)

  const stall = findings.find(({ fatality }) => fatality === 'machine')
  if (pingAnswered === false)
    return fail(
      'hang',
      `The guest runs but does not answer a ping${stall === undefined ? '' : ` (${stall.title})`}.` +
        (evidence.registers === undefined ? '' : ' Its registers were taken before it was killed.'),
    )
  if (evidence.connection === 'lost')
    return fault(
      'connection-lost',
      pingAnswered === true
        ? 'The connection to the guest was lost, yet the guest lives: it answered on its console.'
        : 'The connection to the guest was lost, and whether the guest lives is not known.',
    )
  if (evidence.deadlinePassed)
    return fail('timeout', `The test did not come back, while the guest lives.${because}`)
  return fault('unknown', `The test gave no result, and nothing seen says why.${because}`)
}

const fail = (cause: Cause, explanation: string): Death => ({ cause, status: 'fail', explanation })
const fault = (cause: Cause, explanation: string): Death => ({
  cause,
  status: 'error',
  explanation,
})

/** A refined panic (a smashed stack, memory's end) has another kind than `panic`. */
const panicOf = (findings: readonly Finding[]): Finding | undefined =>
  findings.find(({ text }) => /^Kernel panic - not syncing/m.test(text))

const lastWords = (text: string): string | undefined =>
  /Kernel panic - not syncing: ([^\r\n]{1,200})/.exec(text)?.[0]

const exitWords = (end: Extract<MachineEnd, { how: 'exited' }>): string => {
  const said = end.stderr.trim().split('\n').at(-1) ?? ''
  const how = end.signal === undefined ? `with status ${end.code ?? 'unknown'}` : `by ${end.signal}`
  return said === '' ? how : `${how}, saying "${said.slice(0, 200)}"`
}
