import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { harnessError } from '../../platform/errors.js'

/** Editors write a file in several steps: changes this close together count as one. */
const SETTLED_MS = 80

/** Temporary and backup files of editors, patch and git. */
const LEFT_BESIDE = /^(\.|#|\d+$)|~$|___jb_\w+___$|\.(sw[a-p]|swx|tmp|part|bak|orig|rej)$/

const isLeftBeside = (name: string): boolean => LEFT_BESIDE.test(name)

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Identifies a path's content: a file's bytes, or that it is a folder; undefined if missing. */
function contentOf(path: string): string | undefined {
  if (isFolder(path)) return 'a folder'
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  } catch {
    return undefined
  }
}

/**
 * Reports files at or below the paths whose content has changed, in batches, until the signal
 * aborts. Ignores touched files, and temporary files that have disappeared.
 * @param onChange receives absolute paths
 * @throws ModproveError `CANNOT_WATCH`
 */
export function watchPaths(
  paths: readonly string[],
  onChange: (paths: ReadonlySet<string>) => void,
  signal: AbortSignal,
): void {
  let changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const watchers = new Map<string, FSWatcher>()
  const known = new Map<string, string | undefined>()
  const tell = (): void => {
    const paths = [...changed].filter(path => {
      const now = contentOf(path)
      const isSame = now === known.get(path)
      known.set(path, now)
      return !isSame
    })
    changed = new Set()
    if (paths.length > 0) onChange(new Set(paths))
  }
  const note = (path: string): void => {
    changed.add(path)
    clearTimeout(timer)
    timer = setTimeout(tell, SETTLED_MS)
  }
  /** Through its folder: a replaced file is another inode. */
  const followFile = (file: string): void => {
    known.set(file, contentOf(file))
    const watcher = watch(dirname(file), { signal }, (_, name) => {
      if (name === basename(file)) note(file)
    })
    watcher.on('error', () => undefined)
  }
  /**
   * Watches each folder separately: on Linux, Node's recursive watch follows a file's first inode,
   * and misses replacements by editors and git.
   */
  const follow = (folder: string, isFirst = false): void => {
    watchers.get(folder)?.close()
    const watcher = watch(folder, { signal }, (_, name) => {
      if (name === null || isLeftBeside(name)) return
      const path = join(folder, name)
      if (isFolder(path)) follow(path)
      else if (watchers.has(path)) {
        watchers.get(path)?.close()
        watchers.delete(path)
      }
      note(path)
    })
    watcher.on('error', () => undefined)
    watchers.set(folder, watcher)
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (isLeftBeside(entry.name)) continue
      const path = join(folder, entry.name)
      if (isFirst) known.set(path, contentOf(path))
      if (entry.isDirectory()) follow(path, isFirst)
    }
  }
  for (const path of paths) {
    try {
      if (isFolder(path)) follow(path, true)
      else followFile(path)
    } catch (cause) {
      throw harnessError('CANNOT_WATCH', `${path} cannot be watched`, {
        remedy: 'Raise fs.inotify.max_user_watches (sysctl), or run `modprove run` by hand',
        cause,
      })
    }
  }
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}
