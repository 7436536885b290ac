import type { MachineEnd } from '../contract/machine-end.js'
import { isStall, type FindingKind } from './finding-kinds.js'
import type { Finding, SourceLocation } from './finding.js'

/** Everything known about a test that did not return, or whose machine died. */
export interface LossEvidence {
  /** Undefined if it is still up. */
  readonly machineEnd: MachineEnd | undefined
  /** From the running test's window, and from the console after it. */
  readonly findings: readonly Finding[]
  /** The kernel said last that it powered off or halted. */
  readonly isPoweredOff: boolean
  /** Whether a running machine answered a ping by ssh or on its console; undefined if unknown. */
  readonly pingAnswered: boolean | undefined
  readonly connection: 'open' | 'lost'
  /** The test's own timeout has passed. */
  readonly deadlinePassed: boolean
  /** QMP `info registers` of every processor, taken before the kill. */
  readonly registers: string | undefined
}

/** `fail`: the module is at fault; `error`: the harness or the machine. */
export const STATUS_OF_CAUSE = {
  panic: 'fail',
  oops: 'fail',
  hang: 'fail',
  'guest-reset': 'fail',
  'guest-halted': 'fail',
  'qemu-died': 'error',
  'connection-lost': 'error',
  timeout: 'fail',
  unknown: 'error',
} as const
export type Cause = keyof typeof STATUS_OF_CAUSE

export interface LossOfResult {
  readonly cause: Cause
  /** One or two sentences for a person, naming the evidence. */
  readonly explanation: string
  /** The line of a module at which it hangs. */
  readonly location?: SourceLocation
}

const OOPSES: ReadonlySet<FindingKind> = new Set(['oops', 'gpf', 'bug', 'stack-overflow'] as const)

/** Why a test has no result of its own, from the strongest evidence; deterministic. */
export function explainLoss(evidence: LossEvidence): LossOfResult {
  const { machineEnd: end, pingAnswered } = evidence
  const findings = evidence.findings.filter(finding => !isWords(finding))
  const panic = findings.find(isPanic)?.title
  const root = findings.find(
    ({ follows, fatality }) => follows === undefined && fatality !== 'report',
  )
  const first = root ?? findings[0]
  const words = wordsText(evidence.findings.filter(isWords))
  const because = (first === undefined ? '' : ` It began with: ${first.title}.`) + words

  if (end?.how === 'guest' && end.reason === 'guest-panic')
    return loss('panic', `The guest reported a panic to QEMU.${because}`)
  if (panic !== undefined)
    return loss(
      'panic',
      `The kernel panicked: ${panic}.${first?.title === panic ? words : because}`,
    )
  const oops = findings.find(({ kind, fatality }) => OOPSES.has(kind) && fatality !== 'report')
  if (oops !== undefined)
    return loss('oops', `The kernel oopsed: ${oops.title}. It killed the running task.`)
  if (end?.how === 'guest' && end.reason === 'guest-shutdown')
    return loss('guest-halted', `The guest powered off or halted: reboot(2).${because}`)
  if (end?.how === 'guest')
    return loss(
      'guest-reset',
      `The guest restarted: reboot(2), or a fault that it could not report.${because}`,
    )
  if (end?.how === 'qemu') return loss('qemu-died', `QEMU exited ${exitWords(end)}.${because}`)
  if (end !== undefined)
    return loss(
      'qemu-died',
      `The harness ended the machine${end.how === 'killed' ? `: ${end.why}` : ''}.${because}`,
    )

  const stall = findings.find(({ fatality }) => fatality === 'machine')
  if (pingAnswered === false)
    return loss(
      'hang',
      `The guest runs but does not answer a ping${stall === undefined ? '' : ` (${stall.title})`}.` +
        (evidence.registers === undefined ? '' : ' Its registers were saved before it was killed.'),
    )
  const isCutOff = evidence.connection === 'lost'
  if (isCutOff && evidence.isPoweredOff)
    return loss(
      'guest-halted',
      `The kernel powered off or halted, which ended its network.${because}`,
    )
  if (isCutOff)
    return loss(
      'connection-lost',
      pingAnswered === true
        ? `The connection to the guest was lost, yet the guest lives: it answered on its console.${because}`
        : `The connection to the guest was lost; it is unknown whether the guest lives.${because}`,
    )
  if (evidence.deadlinePassed)
    return loss('timeout', `The test did not come back, but the guest lives.${because}`)
  return loss('unknown', `The test gave no result, for an unknown reason.${because}`)
}

const loss = (cause: Cause, explanation: string): LossOfResult => ({ cause, explanation })

/** A refined panic (stack corruption, out of memory) has another kind than `panic`. */
const isPanic = ({ kind, fatality }: Finding): boolean => fatality === 'machine' && !isStall(kind)

/** A driver's: the kernel's own have a stack after them, or before them what led there. */
const isWords = ({ isBare, follows, fatality }: Finding): boolean =>
  isBare === true && follows === undefined && fatality !== 'report'

const wordsText = (words: readonly Finding[]): string =>
  words
    .map(({ text }) => ` "${text.split('\n', 1)[0] ?? ''}" came without a trace: a driver's words.`)
    .join('')

const exitWords = (end: Extract<MachineEnd, { how: 'qemu' }>): string => {
  const { exitCode = 'unknown', signal, stderr } = end
  const lastLine = stderr.trim().split('\n').at(-1) ?? ''
  const how = signal === undefined ? `with status ${exitCode}` : `by ${signal}`
  return lastLine === '' ? how : `${how}, with the message "${lastLine.slice(0, 200)}"`
}
