import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import { harnessError } from '../errors.js'

/** Editors write a file in several steps: changes that come this close are one. */
const SETTLED_MS = 80

/** What editors and git leave beside the files: no change of a source. */
const LEFT_BESIDE = /(^|\/)(\.|#|\d+$)|~$|\.(swp|tmp|part)$/

/** @param name below a folder that is watched */
export const isLeftBeside = (name: string): boolean => LEFT_BESIDE.test(name)

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

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
  const watchers = new Map<string, FSWatcher>()
  const tell = (): void => {
    const paths = changed
    changed = new Set()
    onChange(paths)
  }
  /**
   * Each folder by itself: Node's recursive watch holds on to a file's first inode on Linux, and is deaf to what editors and
   * git put in its place.
   */
  const follow = (folder: string): void => {
    watchers.get(folder)?.close()
    const watcher = watch(folder, { signal }, (_, name) => {
      if (name === null || isLeftBeside(name)) return
      const path = join(folder, name)
      if (isFolder(path)) follow(path)
      else if (watchers.has(path)) {
        watchers.get(path)?.close()
        watchers.delete(path)
      }
      changed.add(path)
      clearTimeout(timer)
      timer = setTimeout(tell, SETTLED_MS)
    })
    watcher.on('error', () => undefined)
    watchers.set(folder, watcher)
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory() && !isLeftBeside(entry.name)) follow(join(folder, entry.name))
  }
  for (const folder of folders) {
    try {
      follow(folder)
    } catch (cause) {
      throw harnessError('CANNOT_WATCH', `${folder} cannot be watched`, {
        remedy: 'Raise fs.inotify.max_user_watches (sysctl), or run `modprove run` by hand',
        cause,
      })
    }
  }
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}
