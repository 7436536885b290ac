import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { failureError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'
import { compilerVersion } from '../compiler.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { Work } from '../types.js'

const KEPT_DAYS = 7
export const DOES_NOT_COMPILE = 'PROGRAM_DOES_NOT_COMPILE'

/** Contents by path relative to the root. */
export type FileContents = Readonly<Record<string, Buffer>>

/** Files of a folder whose names match. @param root what their paths are relative to */
export const filesOf = async (
  folder: string,
  root: string,
  which: RegExp,
): Promise<FileContents> => {
  const names = (await readdir(folder)).filter(name => which.test(name)).sort()
  const files = names.map(async name => {
    const path = join(folder, name)
    return [relative(root, path), await readFile(path)] as const
  })
  return Object.fromEntries(await Promise.all(files))
}

export interface Program {
  readonly name: string
  /** What messages call it: a path. */
  readonly title: string
  /** What paths in messages and debugging information are relative to. */
  readonly root: string
  readonly flags: readonly string[]
  /** Flags after the sources: of libraries. */
  readonly lastFlags?: readonly string[]
  /** Its sources, and headers that they may include. */
  readonly files: FileContents
}

/**
 * Compiles a program, or takes it from the cache.
 * @returns its path
 * @throws ModproveError `PROGRAM_DOES_NOT_COMPILE`
 */
export async function compileProgram(
  { name, title, root, flags, lastFlags = [], files }: Program,
  { progress, signal }: Work,
): Promise<string> {
  const key = contentKey({
    compiler: await compilerVersion(),
    flags: [...flags, ...lastFlags].join(' '),
    ...files,
  })
  const sources = Object.keys(files).filter(path => path.endsWith('.c'))
  const make = async (folder: string) => {
    const $ = script({ cwd: root, signal, env: { TMPDIR: folder } })
    // Identical output for each checkout, as the cache goes by content.
    const here = `-ffile-prefix-map=${root}=.`
    const out = join(folder, name)
    const { exitCode, stderr } =
      await $`gcc ${flags} ${here} -o ${out} ${sources} ${lastFlags}`.nothrow()
    signal.throwIfAborted()
    if (exitCode === 0) return null
    throw failureError(DOES_NOT_COMPILE, `${title} does not compile`, {
      detail: stderr.trim(),
      remedy: `Correct ${title}`,
    })
  }
  const { folder } = await stored(
    {
      kind: 'programs',
      key: `${name}-${key}`,
      title,
      hashed: [name],
      keptDays: KEPT_DAYS,
      valueFrom: noValue,
      make,
    },
    { progress, signal },
  )
  return join(folder, name)
}
