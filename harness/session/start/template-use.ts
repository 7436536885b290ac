import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dropStored } from '../../builder/store-removal.js'
import type { Work } from '../../builder/types.js'
import { ModproveError } from '../../platform/errors.js'
import { SyscallError } from '../../guest/index.js'
import type { MachineEnd } from '../../contract/machine-end.js'
import { QemuDidNotStart, templateFiles, type Template } from '../../vm/index.js'
import { MachineLost } from '../life/machine-lost.js'

/** How to get a machine. */
export interface Ways<M> {
  readonly restore: () => Promise<M>
  readonly boot: () => Promise<M>
  /** Makes a dropped template again; absent when too few machines would use it. */
  readonly remake?: () => Promise<void>
}

/** A machine, and why it was booted if it should have been restored. */
export interface FromTemplate<M> {
  readonly machine: M
  readonly notRestored?: string
}

/** A template at one point in time; another may replace it. */
interface Tried {
  readonly madeMs: number
  /** The last restore from it failed. */
  readonly isSuspect: boolean
}

/**
 * A machine restored from its template, else booted. A template that is proved bad is dropped; one
 * that failed for a reason that may be the host's becomes a suspect, and is dropped if the next
 * restore fails, too. If the machine does not boot either, the template is not blamed.
 *
 * @throws ModproveError what `boot` throws; the signal's reason
 */
export async function fromTemplate<M>(
  template: Template,
  { restore, boot, remake }: Ways<M>,
  { signal, progress }: Work,
): Promise<FromTemplate<M>> {
  let notRestored = "the machine's template was dropped before"
  /** Rethrows what the template is not to blame for. */
  const giveUp = (error: unknown, what: string, wordsOf: (error: Error) => string): Error => {
    signal.throwIfAborted()
    if (!mayBeTheTemplates(error)) throw error
    notRestored = `${what} (${wordsOf(error)})`
    progress.say(`${notRestored}; booting instead`)
    return error
  }
  let tried = await look(template)
  if (tried === undefined && remake !== undefined) {
    progress.say("the machine's template was dropped, and is made again")
    try {
      await remake()
      tried = await look(template)
    } catch (error) {
      giveUp(error, 'the template could not be made again', ({ message }) => message)
    }
  }
  if (tried === undefined) return { machine: await boot(), notRestored }
  let failure: Error
  try {
    const machine = await restore()
    if (tried.isSuspect) await rm(mark(template), { force: true })
    return { machine }
  } catch (error) {
    failure = giveUp(error, 'the machine could not be restored from its template', wordsOf)
  }
  const machine = await boot()
  if (provesItBad(failure) || tried.isSuspect) {
    await dropTemplate(template, tried.madeMs, { signal, progress })
  } else if (await suspect(template, notRestored)) {
    progress.say('the template is kept; a second failure will drop it')
  }
  return { machine, notRestored }
}

/** Identifies a template, so that a later replacement is noticed; undefined if there is none. */
export const stampOf = async (template: Template): Promise<number | undefined> =>
  (await look(template))?.madeMs

/** Drops a template, unless it was replaced since `stamp`. */
export async function dropTemplate(
  template: Template,
  stamp: number | undefined,
  work: Work,
): Promise<void> {
  const isStill = async () => stamp !== undefined && (await stampOf(template)) === stamp
  if (await dropStored(template.folder, isStill, work))
    work.progress.say('the template was dropped')
}

/** QEMU's last line is closest to the reason. */
function wordsOf(error: Error): string {
  const lastLine = error instanceof QemuDidNotStart ? error.detail?.split('\n').at(-1) : undefined
  return lastLine ? `${error.message}: ${lastLine}` : error.message
}

const mark = ({ folder }: Template): string => join(folder, 'suspect')

/** Undefined if there is no template. */
async function look(template: Template): Promise<Tried | undefined> {
  const made = await stat(templateFiles(template).state).catch(() => undefined)
  if (made === undefined) return undefined
  const marked = await stat(mark(template)).catch(() => undefined)
  return { madeMs: made.mtimeMs, isSuspect: marked !== undefined }
}

/** May mark a replacement, too: the first machine restored from it clears the mark. */
const suspect = (template: Template, why: string): Promise<boolean> =>
  writeFile(mark(template), `${why}\n`).then(
    () => true,
    // Another process dropped it.
    () => false,
  )

const mayBeTheTemplates = (error: unknown): error is Error => {
  if (error instanceof QemuDidNotStart) return !error.isMute
  return (
    error instanceof SyscallError ||
    (error instanceof ModproveError && error.code !== 'QEMU_MISSING')
  )
}

/** The answers of another machine: the guest is not the saved one. */
const WRONG_GUEST = ['HOST_KEY_MISMATCH', 'SSH_AUTH_REFUSED', 'AGENT_PROTOCOL']
const QEMU_SAYS_SO = ['TEMPLATE_NOT_MOVED', 'QMP_ERROR']
/** QEMU's own crashes; other signals come from outside, or from a host short of memory. */
const CRASHES = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV']

/**
 * Whether QEMU or the guest proved it bad, since the same machine boots. A timeout proves nothing.
 */
function provesItBad(error: unknown): boolean {
  if (error instanceof MachineLost) return error.end.how === 'guest' || isQemus(error.end)
  if (error instanceof QemuDidNotStart)
    return isOneOf(error.cause, QEMU_SAYS_SO) || isQemus(error.end)
  return isOneOf(error, WRONG_GUEST)
}

const isQemus = (end: MachineEnd): boolean =>
  end.how === 'qemu' && (end.signal === undefined || CRASHES.includes(end.signal))

const isOneOf = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof ModproveError && codes.includes(error.code)
