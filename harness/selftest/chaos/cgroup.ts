import { access, mkdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'

/** Resource limits of a control group, see cgroups(7). */
export interface Limits {
  /** CPUs for all threads together: `0.2`. */
  readonly cpus?: number
  readonly memoryBytes?: number
}

/** A control group; prefix words put a command into it. */
export interface ControlGroup extends AsyncDisposable {
  readonly wrapper: readonly string[]
}

const ROOT = '/sys/fs/cgroup'
const PERIOD_US = 100_000

/** @throws ModproveError `NO_CGROUP` if none can be created */
export async function controlGroup(limits: Limits): Promise<ControlGroup> {
  const name = `modprove-chaos-${process.pid}`
  const isUnified = await exists(join(ROOT, 'cgroup.controllers'))
  const files = isUnified ? unified(limits) : split(limits)
  const folders = [...new Set(files.map(({ controller }) => join(ROOT, controller, name)))]
  const remove = async () => {
    for (const folder of folders) await rmdir(folder).catch(() => undefined)
  }
  try {
    if (isUnified) await writeFile(join(ROOT, 'cgroup.subtree_control'), '+cpu +memory')
    for (const folder of folders) await mkdir(folder, { recursive: true })
    for (const { controller, file, value } of files) {
      await writeFile(join(ROOT, controller, name, file), value).catch((error: unknown) => {
        // The kernel may not account for swap.
        if (!file.includes('sw')) throw error
      })
    }
  } catch (cause) {
    await remove()
    throw harnessError('NO_CGROUP', `No control group could be made below ${ROOT}`, {
      detail: String(cause),
      remedy: 'Run it as root, where cgroups are mounted to be written',
      cause,
    })
  }
  const enter = folders.map(folder => `echo $$ >${folder}/cgroup.procs`).join(' && ')
  return { wrapper: ['sh', '-c', `${enter} && exec "$@"`, 'sh'], [Symbol.asyncDispose]: remove }
}

interface Setting {
  /** The hierarchy's folder; '' for cgroup v2. */
  readonly controller: string
  readonly file: string
  readonly value: string
}

const quotaOf = (cpus: number): number => Math.round(cpus * PERIOD_US)

function unified({ cpus, memoryBytes }: Limits): Setting[] {
  const settings: Setting[] = []
  if (cpus !== undefined)
    settings.push({ controller: '', file: 'cpu.max', value: `${quotaOf(cpus)} ${PERIOD_US}` })
  if (memoryBytes !== undefined)
    settings.push(
      { controller: '', file: 'memory.max', value: String(memoryBytes) },
      { controller: '', file: 'memory.swap.max', value: '0' },
    )
  return settings
}

function split({ cpus, memoryBytes }: Limits): Setting[] {
  const settings: Setting[] = []
  if (cpus !== undefined)
    settings.push({ controller: 'cpu', file: 'cpu.cfs_quota_us', value: String(quotaOf(cpus)) })
  if (memoryBytes !== undefined)
    settings.push(
      { controller: 'memory', file: 'memory.limit_in_bytes', value: String(memoryBytes) },
      { controller: 'memory', file: 'memory.memsw.limit_in_bytes', value: String(memoryBytes) },
    )
  return settings
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
