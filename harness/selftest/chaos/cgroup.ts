import { mkdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { isThere } from '../../platform/files/is-there.js'

/** Resource limits of a control group, see cgroups(7). */
export interface CgroupLimits {
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
export async function controlGroup(limits: CgroupLimits): Promise<ControlGroup> {
  const name = `modprove-chaos-${process.pid}`
  const isUnified = await isThere(join(ROOT, 'cgroup.controllers'))
  const files = settingsOf(limits, isUnified)
  const folders = [...new Set(files.map(([controller]) => join(ROOT, controller, name)))]
  const remove = async () => {
    for (const folder of folders) await rmdir(folder).catch(() => undefined)
  }
  try {
    if (isUnified) await writeFile(join(ROOT, 'cgroup.subtree_control'), '+cpu +memory')
    for (const folder of folders) await mkdir(folder, { recursive: true })
    for (const [controller, file, value] of files) {
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

/** A file of a limit: its hierarchy's folder ('' for cgroup v2), its name, and the value. */
type Setting = readonly [controller: string, file: string, value: string]

function settingsOf({ cpus, memoryBytes }: CgroupLimits, isUnified: boolean): Setting[] {
  const settings: Setting[] = []
  if (cpus !== undefined) {
    const quota = String(Math.round(cpus * PERIOD_US))
    settings.push(
      isUnified ? ['', 'cpu.max', `${quota} ${PERIOD_US}`] : ['cpu', 'cpu.cfs_quota_us', quota],
    )
  }
  if (memoryBytes === undefined) return settings
  const memory = String(memoryBytes)
  if (isUnified) settings.push(['', 'memory.max', memory], ['', 'memory.swap.max', '0'])
  else
    for (const name of ['limit', 'memsw.limit'])
      settings.push(['memory', `memory.${name}_in_bytes`, memory])
  return settings
}
