import { watch } from 'node:fs'
import { join } from 'node:path'
import { harnessError } from '../errors.js'

/** Editors write a file in several steps: changes that come this close are one. */
const SETTLED_MS = 80

/** What editors and git leave beside the files: no change of a source. */
const LEFT_BESIDE = /(^|\/)(\.|#|\d+$)|~$|\.(swp|tmp|part)$/

/** @param name below a folder that is watched */
export const isLeftBeside = (name: string): boolean => LEFT_BESIDE.test(name)

/**
 * Tells of changed files below the folders, in bunches, until the signal aborts.
 * @param onChange takes absolute paths
 * @throws ModproveError `CANNOT_WATCH`
 */
export function watchFolders(
  folders: readonly string[],
  onChange: (paths: ReadonlySet<string>) => void,
  signal: AbortSignal,
): void {
  let changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const tell = (): void => {
    const paths = changed
    changed = new Set()
    onChange(paths)
  }
  for (const folder of folders) {
    try {
      watch(folder, { recursive: true, signal }, (_, name) => {
        if (name === null || isLeftBeside(name)) return
        changed.add(join(folder, name))
        clearTimeout(timer)
        timer = setTimeout(tell, SETTLED_MS)
      }).on('error', () => undefined)
    } catch (cause) {
      throw harnessError('CANNOT_WATCH', `${folder} cannot be watched`, {
        remedy: 'Raise fs.inotify.max_user_watches (sysctl), or run `modprove run` by hand',
        cause,
      })
    }
  }
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}
