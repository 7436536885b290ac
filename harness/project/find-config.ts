import { readFile, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { usageError } from '../platform/errors.js'

const CONFIG = /^modprove\.config\.(ts|js|json)$/

/** A file that says what a project is. */
export interface ConfigFile {
  /** Absolute. */
  readonly file: string
  /** `package` says it under the key "modprove". */
  readonly kind: 'script' | 'json' | 'package'
  /** What a package.json in the same folder calls itself. */
  readonly name?: string
}

/**
 * Looks in a folder and in all above it, up to the first that says it is a project.
 * @throws ModproveError `NO_PROJECT`; `CONFIGURATION` when it says so twice
 */
export async function findConfig(from: string): Promise<ConfigFile> {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = await configIn(folder)
    if (found !== undefined) return found
    if (folder === dirname(folder)) break
  }
  throw usageError(
    'NO_PROJECT',
    `Neither ${from} nor a folder above it has a modprove.config.json`,
    {
      remedy: `Write one, beside the module: { "module": ".", "suites": "suites" }\nA modprove.config.ts or .js, or "modprove" in package.json, does as well.`,
    },
  )
}

async function configIn(folder: string): Promise<ConfigFile | undefined> {
  // What cannot be looked into is no project of this user.
  const names = (await readdir(folder).catch(() => [])).filter(name => CONFIG.test(name)).sort()
  const described = await packageIn(folder)
  const name = typeof described?.name === 'string' ? { name: described.name } : {}
  const files = [...names, ...(described?.modprove === undefined ? [] : ['package.json'])]
  const [first, second] = files
  if (first === undefined) return undefined
  if (second !== undefined) {
    throw usageError('CONFIGURATION', `${folder} is described twice: by ${files.join(' and ')}`, {
      remedy: 'Keep one of them',
    })
  }
  const kind = first === 'package.json' ? 'package' : first.endsWith('.json') ? 'json' : 'script'
  return { file: join(folder, first), kind, ...name }
}

/** A package.json that cannot be read describes no project. */
async function packageIn(
  folder: string,
): Promise<{ name?: unknown; modprove?: unknown } | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object
  } catch {
    return undefined
  }
}
