import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { parseJson } from '../platform/files/checked-json.js'
import { readHint } from '../platform/files/lenient-json.js'
import { usageError } from '../platform/errors.js'
import { isThere } from '../platform/files/is-there.js'
import { DKMS } from './dkms.js'
import { hasKbuildFile, kbuildAdvice } from './kbuild-file.js'

const DEFAULT = 'modprove.config.json'
const CONFIG = /^modprove\.config\.(ts|js|json)$/

export const PACKAGE = 'package.json'

/** Whether a file of this name may configure a project. */
export const isConfigName = (name: string): boolean => CONFIG.test(name) || name === PACKAGE

/** The file that configures a project. */
export interface ConfigFile {
  /** Absolute. */
  readonly file: string
  /** `package`: under the key "modprove"; `none`: there is none, but a Kbuild file or dkms.conf. */
  readonly kind: 'script' | 'json' | 'package' | 'none'
  /** `name` of a package.json in the same folder. */
  readonly name?: string
}

/**
 * Finds the configuration in a folder or the nearest one above it.
 * @throws ModproveError `NO_PROJECT`; `CONFIGURATION` when a folder has two
 */
export async function findConfig(from: string): Promise<ConfigFile> {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = await configFileIn(folder)
    if (found !== undefined) return found
    if (folder === dirname(folder)) break
  }
  for (let folder = from; ; folder = dirname(folder)) {
    if ((await hasKbuildFile(folder)) || (await isThere(join(folder, DKMS))))
      return { file: join(folder, DEFAULT), kind: 'none' }
    if (folder === dirname(folder)) break
  }
  throw usageError(
    'NO_PROJECT',
    `Neither ${from} nor a folder above it has a Kbuild file with "obj-m", a ${DKMS}, or a ${DEFAULT}`,
    {
      remedy: await kbuildAdvice(from),
    },
  )
}

/** The file that configures a folder itself. @throws ModproveError `CONFIGURATION` if it has two */
export async function configFileIn(folder: string): Promise<ConfigFile | undefined> {
  // A folder that this user may not read is not his project.
  const names = (await readdir(folder).catch(() => [])).filter(name => CONFIG.test(name)).sort()
  const described = await (names.length > 0 ? readHint : readPackage)(join(folder, PACKAGE))
  const name = typeof described['name'] === 'string' ? { name: described['name'] } : {}
  const files = [...names, ...(described['modprove'] === undefined ? [] : [PACKAGE])]
  const [first, second] = files
  if (first === undefined) return undefined
  if (second !== undefined) {
    throw usageError('CONFIGURATION', `${folder} is described twice: by ${files.join(' and ')}`, {
      remedy: 'Keep one of them',
    })
  }
  const kind = first === PACKAGE ? 'package' : first.endsWith('.json') ? 'json' : 'script'
  return { file: join(folder, first), kind, ...name }
}

/** A package.json; empty if it cannot be read. @throws ModproveError if it seems to configure */
async function readPackage(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return /"modprove"\s*:/.test(text) ? parseJson(text, file, z.looseObject({})) : readHint(file)
}
