import { dirname, join } from 'node:path'
import { defined } from '../../platform/pick.js'
import type { Guest } from '../../guest/index.js'
import type { LogRecord } from '../../contract/log-record.js'
import {
  explainLoss,
  recordsOfConsole,
  saysPoweredOff,
  whatRan,
  type LossOfResult,
  type Finding,
} from '../../verdict/index.js'
import type { KernelWatch, Watched } from '../kernel-watch.js'
import type { Life } from './life.js'
import { LATE_MS } from '../listen.js'
import { race } from './race.js'
import { tellingRegisters } from './registers.js'
import { blockedText, nameOf, SILENT, stuckInSilence, stuckInTask } from './stuck.js'

/** Console lines shown after the connection was lost. */
const SHOWN_LINES = 40

/** What is known about a machine that is gone or does not answer. */
export interface PostMortem {
  readonly death: LossOfResult
  readonly findings: readonly Finding[]
  /** Blocked tasks or registers, for the user; may be empty. */
  readonly evidence: string
  /** The function that it hangs in, if known. */
  readonly stuckIn?: string
}

/** A machine that is gone, or does not answer. */
interface LostMachine extends Watched {
  readonly kernel: KernelWatch
}

/**
 * Why a machine is gone, or does not answer. Collects the evidence before the machine is killed.
 * @param lostBecause why the connection was lost
 */
export async function postMortem(
  lost: LostMachine,
  deadlinePassed: boolean,
  { pingAnswered, connection }: Life,
  lostBecause: string,
): Promise<PostMortem> {
  const { setup, machine, guest, modules, kernel } = lost
  const { image } = setup.machine
  const silent = pingAnswered === false ? await machine.evidence() : undefined
  const registers = tellingRegisters(silent?.registers ?? '') || undefined
  const systemMap = join(dirname(image), 'System.map')
  const ran =
    silent && (await whatRan(silent.cpus, modules.sections, kernel.sourceLines, systemMap))
  const isAsked = pingAnswered === true && connection === 'open'
  const blocked = isAsked ? await blockedTasks(guest, kernel) : ''
  // One that did not answer had as long to print and restart, while it was asked.
  const waitMs = connection === 'lost' && pingAnswered === true ? LATE_MS : 0
  const machineEnd = await race(machine.ended, { limitMs: waitMs }).catch(() => undefined)
  const unread = recordsOfConsole(await machine.console.text(), guest.log.since(-1).at(-1))
  kernel.addUnread(unread)
  const findings = kernel.takeFindings()
  const death = explainLoss({
    machineEnd,
    findings,
    isPoweredOff: saysPoweredOff(unread.map(({ text }) => text).join('\n')),
    pingAnswered,
    connection,
    deadlinePassed,
    registers,
  })
  const lossNotes =
    death.cause === 'connection-lost' && findings.length === 0
      ? [lostBecause, lastLines(unread)]
      : []
  const taken = [ran?.text ?? blocked, registers ?? '']
  const evidence = [...taken, ...lossNotes].filter(text => text !== '').join('\n')
  const isStuck = death.cause === 'hang' || death.cause === 'timeout'
  if (!isStuck) return { death, findings, evidence }
  const frame = ran === undefined ? stuckInTask(blocked) : stuckInSilence(ran.frames)
  const location = frame && (await kernel.sourceLines.locationOf(frame))
  const stuckIn = frame === undefined ? ran && SILENT : nameOf(frame)
  return {
    death: { ...death, ...defined({ location }) },
    findings,
    evidence,
    ...defined({ stuckIn }),
  }
}

/** Stacks of the tasks in uninterruptible sleep: sysrq-w (Documentation/admin-guide/sysrq.rst). */
async function blockedTasks(guest: Guest, { sourceLines }: KernelWatch): Promise<string> {
  try {
    const mark = await guest.log.barrier()
    guest.log.removeAllListeners('record')
    // No command: a verdict that hangs kills all that run.
    await guest.writeFile('/proc/sysrq-trigger', 'w')
    await guest.log.barrier()
    const text = guest.log.since(mark).map(record => record.text)
    return await sourceLines.annotate(blockedText(text.join('\n')))
  } catch (error) {
    return `the blocked tasks could not be listed: ${String(error)}`
  }
}

/** Console lines that did not arrive over the connection. */
function lastLines(records: readonly LogRecord[]): string {
  if (records.length === 0) return ''
  const lines = records.slice(-SHOWN_LINES).map(({ text }) => text)
  return ['on the console since then:', ...lines].join('\n')
}
