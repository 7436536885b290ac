import { stat } from 'node:fs/promises'
// Not from the index: a worker makes templates, but builds nothing.
import { contentKey } from '../../builder/hash.js'
import { stored } from '../../builder/store.js'
import type { Work } from '../../builder/types.js'
import { scaled } from '../../platform/waiting/deadlines.js'
import { harnessError } from '../../platform/errors.js'
import { connect } from '../../guest/index.js'
import { secondsHere } from '../../platform/host/host-slowness.js'
import { isObject } from '../../platform/files/lenient-json.js'
import { during } from '../../platform/terminal/progress.js'
import {
  describeEnd,
  startToSave,
  templateFiles,
  templateIdentity,
  type MachineSpec,
  type Template,
} from '../../vm/index.js'
import { DeadlinePassed, MachineGone, race } from '../life/race.js'
import { sshOptions, type SshAccess } from './ssh-access.js'

/** To be raised when a template of the same machine is made another way. */
const RECIPE = 2
const KEPT_DAYS = 14
const KEPT_BYTES = 6 * 1024 ** 3

/** The line for the guest's init on its console, and its answer when the last session has ended. */
const SETTLE = 'settle'
const SETTLED_LINE = 'modprove: settled'
const SETTLE_MS = 10_000

/** What a template is made of and identified by: plain data, so that a worker can make it again. */
export interface TemplateRecipe {
  /** Boots the base initramfs; what changes often is uploaded into restored machines. */
  readonly machine: Omit<MachineSpec, 'folder' | 'signal'>
  /** Identifies the kernel and the initramfs. */
  readonly bootKey: string
  /** For messages: `6.1.192 debug`. */
  readonly title: string
  readonly ssh: SshAccess
}

export type TemplateRequest = TemplateRecipe & Work

/** Modification times of the files: they change when anything else writes to the template. */
interface Written {
  readonly memoryMs: number
  readonly stateMs: number
}

/**
 * The template of a machine, from the cache or made now by one cold boot. It is saved after its ssh
 * server has served a session and is idle again, so that programs, keys and caches are warm.
 *
 * @throws ModproveError `GUEST_DID_NOT_BOOT`, `TEMPLATE_NOT_SETTLED` and those of QEMU
 */
export async function requireTemplate(request: TemplateRequest): Promise<Template> {
  const { machine, bootKey, title, signal, progress } = request
  const identity = await templateIdentity(machine)
  const key = contentKey({ recipe: String(RECIPE), bootKey, identity })
  const { folder } = await stored(
    {
      kind: 'templates',
      key: `${title.replaceAll(' ', '-')}-${key}`,
      title: `template of ${title}`,
      hashed: ['state'],
      keptDays: KEPT_DAYS,
      keptBytes: KEPT_BYTES,
      valueFrom: json => (isWritten(json) ? json : undefined),
      make: async target => {
        const usually = await secondsHere(machine.cpus > 1 ? 12 : 3, 2)
        return during(progress, `booting ${title} for its template`, usually, () =>
          makeTemplate(request, target),
        )
      },
      verify: async (folder, value) => {
        const { memoryMs, stateMs } = await written({ folder })
        return memoryMs === value.memoryMs && stateMs === value.stateMs
          ? undefined
          : 'somebody wrote into it'
      },
    },
    { signal, progress },
  )
  return { folder }
}

// Checked by hand: workers make templates, and zod would cost each of them 70 ms.
const isWritten = (json: unknown): json is Written =>
  isObject(json) && typeof json['memoryMs'] === 'number' && typeof json['stateMs'] === 'number'

async function written(template: Template): Promise<Written> {
  const { memory, state } = templateFiles(template)
  return { memoryMs: (await stat(memory)).mtimeMs, stateMs: (await stat(state)).mtimeMs }
}

async function makeTemplate(request: TemplateRequest, folder: string): Promise<Written> {
  const { machine: spec, ssh, signal, title } = request
  const template = { folder }
  await using saving = await startToSave({ ...spec, folder, signal }, template)
  const { machine } = saving
  const booted = await machine.ready()
  const settled = machine.console.line(SETTLED_LINE)
  const guest = await connect(await sshOptions(ssh, booted, spec.accelerator, signal))
  const process = await guest.process()
  await process.exit()
  await guest.log.barrier()
  await guest.close()
  machine.tell(SETTLE)
  const limitMs = scaled(SETTLE_MS, spec.accelerator)
  const gone = machine.ended.then(() => undefined)
  await race(settled, { gone, limitMs, signal }).catch(async (error: unknown) => {
    if (!(error instanceof MachineGone || error instanceof DeadlinePassed)) throw error
    const how =
      error instanceof MachineGone
        ? describeEnd(await machine.ended)
        : `was not at rest within ${limitMs / 1000} s`
    throw harnessError('TEMPLATE_NOT_SETTLED', `the machine for the template ${how}: ${title}`, {
      detail: `Expected "${SETTLED_LINE}" on its console after its last session ended.`,
      remedy: '--cold does without templates',
      cause: error,
    })
  })
  await saving.save()
  return written(template)
}
