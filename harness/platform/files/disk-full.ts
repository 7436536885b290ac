import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { harnessError, ModproveError } from '../errors.js'
import { cacheFolder } from './cache-folder.js'
import { isWithin } from './is-within.js'

/** errno(3) names of a full disk or quota. */
const FULL = ['ENOSPC', 'EDQUOT']
/** The messages of libc, used by gcc, make, strip and others. */
const FULL_IN_WORDS = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/
/** With less free space, a file system cannot allocate another block. */
const FULL_BYTES = 16 * 1024

/**
 * Wraps an error caused by a full disk; undefined for others.
 *
 * @param doing what failed, for the user: `making the initramfs`
 * @param folders where it wrote; a full one is named when the error names none
 * @param look also blame a file system that is full now: a program that dies of SIGBUS does not say
 * why
 */
export function diskFull(
  error: unknown,
  doing: string,
  folders: readonly string[],
  look = false,
): ModproveError | undefined {
  if (error instanceof ModproveError && error.code === 'DISK_FULL') return error
  if (error instanceof ModproveError && error.outcome === 'interrupted') return undefined
  const { path, says } = complaint(error)
  const full = folders.find(isFull)
  if (!says && !(look && full !== undefined)) return undefined
  const folder = path ?? full ?? folders[0] ?? '.'
  return harnessError('DISK_FULL', `${doing} failed: no space is left in ${folder}`, {
    detail: error instanceof Error ? error.message : undefined,
    remedy: `Free some space there${elsewhere(folder)}`,
    cause: error,
  })
}

/** How to have what lies there on another disk. */
function elsewhere(folder: string): string {
  const variables = { MODPROVE_CACHE: cacheFolder(), TMPDIR: tmpdir() }
  const [name] = Object.entries(variables).find(([, path]) => isWithin(folder, [path])) ?? []
  return name === undefined ? '' : `, or name a folder on another disk in ${name}`
}

/** Whether an error, or one of its causes, says that a disk is full, and the folder. */
function complaint(error: unknown): { readonly path?: string; readonly says: boolean } {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const { code, path } = at as NodeJS.ErrnoException
    if (code !== undefined && FULL.includes(code)) {
      return { says: true, ...(path === undefined ? {} : { path: dirname(path) }) }
    }
    const words = [at.message, at instanceof ModproveError ? (at.detail ?? '') : '']
    if (words.some(text => FULL_IN_WORDS.test(text))) return { says: true }
  }
  return { says: false }
}

function isFull(folder: string): boolean {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(folder)
    return bavail * bsize < FULL_BYTES || (files > 0 && ffree === 0)
  } catch {
    return false
  }
}
