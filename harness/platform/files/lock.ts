import { mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder } from './cache-folder.js'
import { harnessError } from '../errors.js'
import { onAbort } from '../waiting/on-abort.js'
import { owned } from '../process/owned.js'
import { escapeTerminal } from '../text/text.js'

export interface LockOptions {
  /** Ends the wait; the work itself is the caller's to end. */
  readonly signal?: AbortSignal
  /** Called once if another holder exists: "process 4711 (building 6.1 plain)". */
  readonly waiting?: (holder: string) => void
  /** Shown to those who wait for this lock: "building 6.1 plain". */
  readonly purpose?: string
  /** Longest wait for the lock; the default outlasts a kernel build on a slow host. */
  readonly deadlineMs?: number
}

const DEFAULT_DEADLINE_MS = 3_600_000

/** Runs `act` alone among all processes that use this cache folder; see `withLockAt`. */
export function withLock<T>(
  name: string,
  act: () => Promise<T>,
  options?: LockOptions,
): Promise<T> {
  const file = `${name.replaceAll(/[^\w.+-]/g, '_')}.lock`
  return withLockAt(join(cacheFolder(), 'locks', file), act, options)
}

/**
 * Runs `act` while no other process, nor another call in this one, holds the lock at `path`.
 *
 * A flock(2) lock belongs to the open file, which this process shares with a short-lived flock(1)
 * that takes the lock: the kernel releases it however this process ends. The file is removed while
 * the lock is held; each waiter checks that its file is still the one at `path`, so that no two
 * hold different files.
 *
 * @throws ModproveError `LOCK_TIMEOUT`; the signal's reason when it aborts
 */
export async function withLockAt<T>(
  path: string,
  act: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  let wasNotified = false
  const waiting = (holder: string): void => {
    if (!wasNotified) options.waiting?.(holder)
    wasNotified = true
  }
  for (;;) {
    // "a+" makes the file without emptying the holder's note.
    const file = await open(path, 'a+')
    try {
      await acquire(file, path, { ...options, waiting })
      // The last holder removed this file: the lock is a new one by now.
      if (!(await isAt(file, path))) continue
      // A killed holder leaves its note.
      await file.truncate()
      await file.write(`process ${process.pid}${options.purpose ? ` (${options.purpose})` : ''}`)
      try {
        return await act()
      } finally {
        await rm(path, { force: true })
      }
    } finally {
      await file.close()
    }
  }
}

async function isAt(file: FileHandle, path: string): Promise<boolean> {
  const [own, there] = await Promise.all([file.stat(), stat(path).catch(() => undefined)])
  return there !== undefined && there.ino === own.ino && there.dev === own.dev
}

async function acquire(file: FileHandle, path: string, options: LockOptions): Promise<void> {
  if (await flock(file, ['--nonblock'], options.signal)) return
  const holder = await holderOf(file)
  options.waiting?.(holder)
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS
  const wait = [`--timeout=${deadlineMs / 1000}`]
  if (await flock(file, wait, options.signal)) return
  throw harnessError(
    'LOCK_TIMEOUT',
    `waited ${Math.round(deadlineMs / 1000)} s for ${path}, which ${await holderOf(file)} holds`,
    { remedy: `check that process; the lock is released when it ends` },
  )
}

/** Whether the lock was taken. flock(1) exits with 1 after --nonblock or --timeout without it. */
async function flock(file: FileHandle, how: string[], signal?: AbortSignal): Promise<boolean> {
  signal?.throwIfAborted()
  const descriptors = [file.fd]
  const { child, ended, kill } = owned('flock', ['--exclusive', ...how, '3'], { descriptors })
  using _abort = onAbort(signal, kill)
  let stderr = ''
  child.stdout?.resume()
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const { exitCode } = await ended
  signal?.throwIfAborted()
  if (exitCode === 0 || exitCode === 1) return exitCode === 0
  const why = escapeTerminal(stderr, 500)
  throw harnessError('LOCK_FAILED', `flock(1) ended with ${exitCode}: ${why}`)
}

async function holderOf(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(500), 0, 500, 0)
  const note = buffer.toString('utf8', 0, bytesRead).trim()
  return note === '' ? 'another process' : escapeTerminal(note)
}
