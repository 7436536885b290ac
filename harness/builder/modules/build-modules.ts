import { mkdir, readdir, readFile, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import type { Data } from '../../contract/data.js'
import { kernelName } from '../../contract/kernel-name.js'
import { failureError, harnessError } from '../../platform/errors.js'
import { secondsHere } from '../../platform/host/host-slowness.js'
import { script } from '../../platform/process/script.js'
import { during } from '../../platform/terminal/progress.js'
import type { ModuleFolder } from '../../project/module-sources.js'
import { warningsOf } from './compiler-lines.js'
import { makeFolder, type MadeFolder, type ModuleRequest } from './make-folder.js'
import { ignoredFlags } from './makefile-advice.js'
import { dependenciesOf, readModinfo } from './modinfo.js'
import { copySources } from './module-files.js'
import type { BuildFolder } from './module-output.js'
import { requestedFirmware } from './requested-firmware.js'
import { sparseForm } from './sparse.js'
import type { KernelBuild } from '../types.js'

/** On a typical host; make has little to run in parallel. */
const USUALLY_SECONDS = 3

/** Stored beside a build's files; paths are relative to its folder. */
export const moduleRecord = z.object({
  modules: z.array(
    z.object({
      name: z.string(),
      file: z.string(),
      depends: z.array(z.string()),
      firmware: z.array(z.string()),
    }),
  ),
  compiledIn: z.string(),
  coverageNotes: z.array(z.string()),
  sources: z.array(z.string()),
  warnings: z.array(z.string()),
  sparse: z.array(sparseForm),
  ignored: z.array(z.string()).describe('one line per setting that Kbuild ignores'),
})

type ModuleRecord = Data<z.infer<typeof moduleRecord>>

/** Builds all folders of modules. @param target an empty folder @throws as {@link makeFolder} */
export async function buildModules(request: ModuleRequest, target: string): Promise<ModuleRecord> {
  const { kernel, project, progress, signal } = request
  // The compiler resolves symbolic links in the name of the folder it runs in.
  const build = join(await realpath(target), 'build')
  const tree = await realpath(kernel.tree)
  const { folders } = await copySources(project.module, build)
  const placeOf = ({ name }: ModuleFolder): BuildFolder => ({ build, name, tree })
  const title = `building the module for ${kernel.release} ${kernel.flavour}`
  const usually = (await secondsHere(USUALLY_SECONDS, 2)) * folders.length
  const made = await during(progress, title, usually, async step => {
    const made: MadeFolder[] = []
    const symbols: string[] = []
    for (const folder of folders) {
      if (folders.length > 1) step.note(folder.name)
      made.push(await makeFolder(placeOf(folder), folder, symbols, request))
      symbols.push(join(build, folder.name, 'Module.symvers'))
    }
    return made
  })
  const modules = made.flatMap(({ modules }) => modules)
  refuseEqualNames(build, modules)
  const files = (await readdir(build, { recursive: true })).sort()
  const sources = files.filter(file => /(?<!\.mod)\.[chS]$/.test(file))
  const requests = await Promise.all(
    sources.map(async file => {
      const names = requestedFirmware(await readFile(join(build, file), 'utf8'))
      return names.map(name => ({ file, name }))
    }),
  )
  await mkdir(join(target, 'debug'))
  const $ = script({ cwd: target, signal })
  const built: ModuleRecord['modules'][number][] = []
  for (const path of modules) {
    const file = `${basename(path)}.ko`
    const debug = join('debug', file)
    await rename(`${path}.ko`, join(target, debug))
    await $`strip --strip-debug -o ${file} ${debug}`
    const ko = await readFile(join(target, debug))
    const info = readModinfo(ko)
    refuseOtherKernel(kernel, file, info.get('vermagic')?.[0] ?? '')
    built.push({
      name: kernelName(basename(path)),
      file,
      depends: dependenciesOf(ko),
      firmware: [
        ...new Set([
          ...(info.get('firmware') ?? []),
          // By its DWARF: without CONFIG_FW_LOADER no code names the firmware.
          ...requests.flat().flatMap(({ file, name }) => (ko.includes(`${file}\0`) ? name : [])),
        ]),
      ],
    })
  }
  const coverageNotes = await keepNotes(build, files, join(target, 'notes'))
  const ignored = (await Promise.all(folders.map(folder => ignoredFlags(placeOf(folder))))).flat()
  await rm(build, { recursive: true, force: true })
  return {
    modules: inLoadOrder(built),
    compiledIn: build,
    coverageNotes,
    sources,
    warnings: made.flatMap(({ output }) => warningsOf(output)),
    sparse: made.flatMap(({ sparse }) => sparse ?? []),
    ignored,
  }
}

function refuseEqualNames(build: string, modules: readonly string[]): void {
  const places = new Map<string, string>()
  for (const path of modules) {
    const name = kernelName(basename(path))
    const place = `${relative(build, path)}.ko`
    const other = places.get(name)
    if (other !== undefined) {
      throw failureError('MODULE_TWICE', `Two modules are named ${name}: ${other} and ${place}`, {
        remedy: 'Rename one: the kernel loads only one of a name',
      })
    }
    places.set(name, place)
  }
}

function refuseOtherKernel(kernel: KernelBuild, file: string, vermagic: string): void {
  if (vermagic.startsWith(`${kernel.release} `)) return
  throw harnessError(
    'VERMAGIC',
    `${file} was built for another kernel: expected vermagic "${kernel.release} …", got "${vermagic}"`,
    { remedy: `Remove ${kernel.folder}, so that the kernel is built again` },
  )
}

/** @returns the notes' paths, relative to the build */
async function keepNotes(
  build: string,
  files: readonly string[],
  notes: string,
): Promise<readonly string[]> {
  const kept = files.filter(file => /(?<!\.mod)\.gcno$/.test(file))
  for (const path of kept) {
    await mkdir(dirname(join(notes, path)), { recursive: true })
    await rename(join(build, path), join(notes, path))
  }
  return kept
}

/** Orders modules after those whose symbols they use; otherwise in Kbuild's order. */
function inLoadOrder<T extends { readonly name: string; readonly depends: readonly string[] }>(
  modules: readonly T[],
): readonly T[] {
  const ordered = new Set<T>()
  const visit = (module: T): void => {
    for (const name of module.depends) {
      const needed = modules.find(other => other.name === name)
      if (needed && !ordered.has(needed)) visit(needed)
    }
    ordered.add(module)
  }
  modules.forEach(visit)
  return [...ordered]
}
