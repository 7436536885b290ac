import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildFailure, Message } from 'esbuild'
import { diskFull } from '../platform/files/disk-full.js'
import { notPermitted } from '../platform/files/not-permitted.js'
import { harnessError, ModproveError } from '../platform/errors.js'
import { entryFile } from './entry.js'
import { compiled } from './store.js'

/** A user's file to compile. */
export interface UserModule {
  /** Absolute. */
  readonly file: string
  /** Its name in messages. */
  readonly name: string
  /** Absolute folder of compiled files. */
  readonly store: string
}

/**
 * The URL to import for a user's TypeScript or JavaScript: bundled with its own imports, cached by
 * content.
 * `modprove` resolves to this harness: in a copy, the suites would be registered unseen.
 *
 * @throws ModproveError `DOES_NOT_COMPILE` (exit 1), `DISK_FULL`, `NOT_PERMITTED`, `NOT_COMPILED`
 */
export async function userModule({ file, name, store }: UserModule): Promise<URL> {
  const modprove = pathToFileURL(entryFile('suite')).href
  const sources = { entries: { user: file }, elsewhere: { modprove }, keepsUrls: true }
  const key = createHash('sha256').update(file).digest('hex').slice(0, 16)
  try {
    return pathToFileURL(join(await compiled(store, `user-${key}`, sources, modprove), 'user.mjs'))
  } catch (error) {
    if (isBuildFailure(error)) throw doesNotCompile(name, error)
    throw (
      diskFull(error, `Compiling ${name}`, [store]) ??
      notPermitted(error) ??
      harnessError('NOT_COMPILED', `${name} cannot be compiled: ${String(error)}`, {
        remedy: `Check that ${store} is writable`,
        cause: error,
      })
    )
  }
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error

const doesNotCompile = (name: string, { errors }: BuildFailure): ModproveError =>
  new ModproveError('DOES_NOT_COMPILE', 'failed', `${name} does not compile`, {
    detail: errors.map(lineOf).join('\n'),
  })

const lineOf = ({ text, location }: Message): string =>
  location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`
