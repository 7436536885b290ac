import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import type { ModuleFolder, ModuleSources } from '../../project/module-sources.js'
import { sourcesIn } from '../../project/module-sources.fixture.js'
import { builtKernels } from '../kernels/built-kernels.js'
import { requireModule } from './module.js'
import { toyKbuild } from './toy-kbuild.fixture.js'

/** A test file's own folder. */
export const base = await mkdtemp(join(tmpdir(), 'modprove-module-'))
t.teardown(() => rm(base, { recursive: true, force: true }))

const kernels = (await builtKernels()).filter(({ flavour }) => flavour === 'plain')
process.env['MODPROVE_CACHE'] = join(base, 'cache')

export const work = { signal: new AbortController().signal, progress: silent }
/** The toy Kbuild of an old kernel. */
export const toy = await toyKbuild(join(base, 'toy'), ['EXTRA_CFLAGS'])

/** The plain kernels that this host's gcc has built. */
export const realKernels = kernels.flatMap(({ name, release, folder }) => {
  const tree = join(folder, 'tree')
  const config = join(tree, '.config')
  const isOfGcc = /^CONFIG_CC_IS_GCC=y$/m.test(readFileSync(config, 'utf8'))
  return isOfGcc ? [{ ...toy, key: name, release, folder, tree, config }] : []
})

export type Files = Readonly<Record<string, string>>

let folders = 0

/** A new folder with these files. */
export async function folderOf(files: Files): Promise<string> {
  const folder = join(base, 'folders', String(++folders))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text, { mode: 0o755 })
  }
  return folder
}

/** A project with these files, by default of one folder `module`. */
export async function projectOf(files: Files, parts: Partial<ModuleSources> = {}) {
  const root = await folderOf(files)
  return { root, module: sourcesIn(root, parts), configFile: join(root, 'modprove.config.ts') }
}

/** Builds a module of these files in a folder `module`. */
export async function build(files: Files, kernel = toy, how: Partial<ModuleFolder> = {}) {
  const below = Object.entries(files).map(([path, text]) => [`module/${path}`, text])
  const parts = { folders: [{ name: 'module', make: {}, ...how }] } as const
  const project = await projectOf(Object.fromEntries(below) as Files, parts)
  return requireModule({ kernel, project, ...work })
}

/** Builds a project of these files, of which each folder of `names` has a makefile. */
export async function buildAll(
  files: Files,
  [first, ...others]: readonly [string, ...string[]],
  include: readonly string[] = [],
  kernel = toy,
) {
  const folder = (name: string) => ({ name, make: {} })
  const parts = { folders: [folder(first), ...others.map(folder)] as const, include }
  return requireModule({ kernel, project: await projectOf(files, parts), ...work })
}
