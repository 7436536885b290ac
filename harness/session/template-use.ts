import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dropStored } from '../builder/store.js'
import type { Work } from '../builder/types.js'
import { ModproveError } from '../platform/errors.js'
import { SyscallError } from '../guest/index.js'
import { silent } from '../platform/progress.js'
import { QemuDidNotStart, templateFiles, type MachineEnd, type Template } from '../vm/index.js'
import { MachineLost } from './machine-lost.js'

/** What a machine can be had by. */
export interface Ways<M> {
  readonly restore: () => Promise<M>
  readonly boot: () => Promise<M>
  /** Makes the template again where it was dropped; absent when too few machines would be restored from it. */
  readonly remake?: () => Promise<void>
}

/** A machine, and why it was booted where it should have been restored. */
export interface FromTemplate<M> {
  readonly machine: M
  readonly notRestored?: string
}

/** Whoever looks at it again: another one may stand in its place. */
interface Tried {
  readonly madeMs: number
  /** The last machine before this one could not be restored from it either. */
  readonly isSuspect: boolean
}

/**
 * A machine from its template, else booted. A template that is proved bad is dropped for everybody; one that failed for a
 * reason that may be the host's is kept as a suspect, and dropped when the next restore fails too. Nothing is held against it
 * when the machine does not boot either.
 *
 * @throws ModproveError what `boot` throws; the signal's reason
 */
export async function fromTemplate<M>(
  template: Template,
  { restore, boot, remake }: Ways<M>,
  { signal, progress }: Work,
): Promise<FromTemplate<M>> {
  let notRestored = "the machine's template was dropped before"
  let tried = await look(template)
  if (tried === undefined && remake !== undefined) {
    progress.say("the machine's template was dropped, and is made again")
    try {
      await remake()
      tried = await look(template)
    } catch (error) {
      signal.throwIfAborted()
      if (!mayBeTheTemplates(error)) throw error
      notRestored = `the template could not be made again (${error.message})`
      progress.say(`${notRestored}; booting instead`)
    }
  }
  if (tried === undefined) return { machine: await boot(), notRestored }
  let failure: Error
  try {
    const machine = await restore()
    if (tried.isSuspect) await rm(mark(template), { force: true })
    return { machine }
  } catch (error) {
    signal.throwIfAborted()
    if (!mayBeTheTemplates(error)) throw error
    failure = error
  }
  notRestored = `the machine could not be restored from its template (${wordsOf(failure)})`
  progress.say(`${notRestored}; booting instead`)
  const machine = await boot()
  if (provesItBad(failure) || tried.isSuspect) {
    const isStill = async () => (await look(template))?.madeMs === tried.madeMs
    if (await dropStored(template.folder, isStill, { signal, progress }))
      progress.say('the template was dropped')
  } else if (await suspect(template, notRestored)) {
    progress.say('the template is kept, and dropped when that happens once more')
  }
  return { machine, notRestored }
}

/** Tells a template from another that may stand in its place later; undefined where there is none. */
export const stampOf = async (template: Template): Promise<number | undefined> =>
  (await look(template))?.madeMs

/** Drops a template whose guest is not sound, unless another one was made since `stamp`. */
export async function dropUnsound(
  template: Template,
  stamp: number | undefined,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (text: string) => void },
): Promise<void> {
  const isStill = async () => stamp !== undefined && (await stampOf(template)) === stamp
  if (await dropStored(template.folder, isStill, { signal, progress: { ...silent, say } }))
    say('the template was dropped')
}

/** What QEMU said last is nearest to the reason. */
function wordsOf(error: Error): string {
  const said = error instanceof QemuDidNotStart ? error.detail?.split('\n').at(-1) : undefined
  return said ? `${error.message}: ${said}` : error.message
}

const mark = ({ folder }: Template): string => join(folder, 'suspect')

/** Undefined when there is none any more. */
async function look(template: Template): Promise<Tried | undefined> {
  const made = await stat(templateFiles(template).state).catch(() => undefined)
  if (made === undefined) return undefined
  const marked = await stat(mark(template)).catch(() => undefined)
  return { madeMs: made.mtimeMs, isSuspect: marked !== undefined }
}

/** Also another one that was made meanwhile: it is cleared by the first machine that it gives. */
const suspect = (template: Template, why: string): Promise<boolean> =>
  writeFile(mark(template), `${why}\n`).then(
    () => true,
    // Somebody else dropped it.
    () => false,
  )

const mayBeTheTemplates = (error: unknown): error is Error =>
  error instanceof SyscallError || (error instanceof ModproveError && error.code !== 'QEMU_MISSING')

/** What another machine's answer tells: the guest is not the one that was saved. */
const WRONG_GUEST = ['HOST_KEY_MISMATCH', 'SSH_AUTH_REFUSED', 'AGENT_PROTOCOL']
const QEMU_SAYS_SO = ['TEMPLATE_NOT_MOVED', 'QMP_ERROR']
/** A QEMU's own; others were sent by somebody, or by a host that is short of memory. */
const CRASHES = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV']

/** Whether it is proved, since the same machine boots: by QEMU, or by the guest. A deadline that passed proves nothing. */
export function provesItBad(error: unknown): boolean {
  if (error instanceof MachineLost) return error.end.how === 'guest' || isQemus(error.end)
  if (error instanceof QemuDidNotStart)
    return isOneOf(error.cause, QEMU_SAYS_SO) || isQemus(error.end)
  return isOneOf(error, WRONG_GUEST)
}

const isQemus = (end: MachineEnd): boolean =>
  end.how === 'qemu' && (end.signal === undefined || CRASHES.includes(end.signal))

const isOneOf = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof ModproveError && codes.includes(error.code)
