import type { MachineEnd } from '../contract/machine-end.js'
import { isStall, type Finding, type FindingKind, type SourceLocation } from './finding.js'

/** Everything known about a test that did not return, or whose machine died. */
export interface LossEvidence {
  /** Undefined if it is still up. */
  readonly machineEnd: MachineEnd | undefined
  /** From the running test's window, and from the console after it. */
  readonly findings: readonly Finding[]
  /** Console output after the last record read; searched if no finding explains the end. */
  readonly lastPrinted: string
  /** Whether a running machine answered a ping by ssh or on its console; undefined if unknown. */
  readonly pingAnswered: boolean | undefined
  readonly connection: 'open' | 'lost'
  /** The test's own timeout has passed. */
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

export interface LossOfResult {
  readonly cause: Cause
  /** `fail`: the module is at fault; `error`: the harness or the machine. */
  readonly status: 'fail' | 'error'
  /** One or two sentences for a person, naming the evidence. */
  readonly explanation: string
  /** The line of a module at which it hangs. */
  readonly location?: SourceLocation
}

/** kernel/reboot.c; without ACPI, and in kernel_power_off(), user space lives on. */
const POWERED_OFF = /^reboot: (?:Power down|System halted)$/m

const OOPSES: ReadonlySet<FindingKind> = new Set(['oops', 'gpf', 'bug', 'stack-overflow'] as const)

/** Why a test has no result of its own, from the strongest evidence; deterministic. */
export function explainLoss(evidence: LossEvidence): LossOfResult {
  const { machineEnd: end, findings, pingAnswered } = evidence
  // If QEMU was killed, console text is no evidence: user space may have written it.
  const mayHavePanicked = end?.how === 'guest' || pingAnswered === false
  const lastSaid = mayHavePanicked ? lastWords(evidence.lastPrinted) : undefined
  const panic = findings.find(isPanic)?.title ?? lastSaid
  const root = findings.find(
    ({ follows, fatality }) => follows === undefined && fatality !== 'report',
  )
  const first = root ?? findings[0]
  const because = first === undefined ? '' : ` It began with: ${first.title}.`

  if (end?.how === 'guest' && end.reason === 'guest-panic')
    return fail('panic', `The guest reported a panic to QEMU.${because}`)
  if (panic !== undefined) return fail('panic', `The kernel panicked: ${panic}.${because}`)
  const oops = findings.find(({ kind, fatality }) => OOPSES.has(kind) && fatality !== 'report')
  if (oops !== undefined)
    return fail('oops', `The kernel oopsed: ${oops.title}. It killed the running task.`)
  if (end?.how === 'guest' && end.reason === 'guest-shutdown')
    return fail('guest-halted', `The guest powered off or halted: reboot(2).${because}`)
  if (end?.how === 'guest')
    return fail(
      'guest-reset',
      `The guest restarted: reboot(2), or a fault that it could not report.${because}`,
    )
  if (end?.how === 'qemu') return fault('qemu-died', `QEMU exited ${exitWords(end)}.${because}`)
  if (end !== undefined) return fault('qemu-died', `The harness ended the machine.${because}`)

  const stall = findings.find(({ fatality }) => fatality === 'machine')
  if (pingAnswered === false)
    return fail(
      'hang',
      `The guest runs but does not answer a ping${stall === undefined ? '' : ` (${stall.title})`}.` +
        (evidence.registers === undefined ? '' : ' Its registers were saved before it was killed.'),
    )
  const isCutOff = evidence.connection === 'lost'
  if (isCutOff && POWERED_OFF.test(evidence.lastPrinted))
    return fail(
      'guest-halted',
      `The kernel powered off or halted, which ended its network.${because}`,
    )
  if (isCutOff)
    return fault(
      'connection-lost',
      pingAnswered === true
        ? `The connection to the guest was lost, yet the guest lives: it answered on its console.${because}`
        : `The connection to the guest was lost; it is unknown whether the guest lives.${because}`,
    )
  if (evidence.deadlinePassed)
    return fail('timeout', `The test did not come back, but the guest lives.${because}`)
  return fault('unknown', `The test gave no result, for an unknown reason.${because}`)
}

const lossAs =
  (status: LossOfResult['status']) =>
  (cause: Cause, explanation: string): LossOfResult => ({ cause, status, explanation })
const fail = lossAs('fail')
const fault = lossAs('error')

/** A refined panic (stack corruption, out of memory) has another kind than `panic`. */
const isPanic = ({ kind, fatality }: Finding): boolean => fatality === 'machine' && !isStall(kind)

const lastWords = (text: string): string | undefined =>
  /Kernel panic - not syncing: ([^\r\n]{1,200})/.exec(text)?.[0]

const exitWords = (end: Extract<MachineEnd, { how: 'qemu' }>): string => {
  const { exitCode = 'unknown', signal, stderr } = end
  const lastLine = stderr.trim().split('\n').at(-1) ?? ''
  const how = signal === undefined ? `with status ${exitCode}` : `by ${signal}`
  return lastLine === '' ? how : `${how}, with the message "${lastLine.slice(0, 200)}"`
}
