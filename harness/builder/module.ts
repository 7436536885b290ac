import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { Data } from '../contract/data.js'
import { harnessError } from '../platform/errors.js'
import { secondsHere } from '../platform/host-slowness.js'
import { during } from '../platform/progress.js'
import type { ModuleFolder } from '../project/project.js'
import { script } from '../platform/process/script.js'
import { warningsOf } from './compiler-lines.js'
import { buildEnvironment, makeVariables } from './compiler.js'
import { contentKey } from './hash.js'
import { ignoredFlags, type Makefiles } from './makefile-advice.js'
import { readModinfo } from './modinfo.js'
import { moduleFailure, noModule } from './module-failure.js'
import { sourcesOf } from './module-files.js'
import { calledAsKnown, namingOptions } from './module-output.js'
import { stored } from './store.js'
import type { BuiltModule, KernelBuild, ModuleBuild, Work } from './types.js'

/** Increment when these scripts build something else from the same input. */
const RECIPE = 3
const KEPT_DAYS = 7
/** On a typical host; make has little to run in parallel. */
const USUALLY_SECONDS = 3

export interface ModuleRequest extends Work {
  readonly kernel: KernelBuild
  readonly module: ModuleFolder
  /** Compile for coverage (GCOV_PROFILE), for kernels with CONFIG_GCOV_KERNEL. */
  readonly coverage?: boolean
}

/** What is kept of a build beside its files. */
const moduleRecord = z.object({
  modules: z.array(z.object({ name: z.string(), file: z.string() })),
  compiledIn: z.string(),
  coverageNotes: z.array(z.string()),
  warnings: z.array(z.string()),
  ignored: z.array(z.string()).describe('one line per setting that Kbuild ignores'),
})

type ModuleRecord = Data<z.infer<typeof moduleRecord>>

/**
 * Returns the modules of one folder for one kernel, from the cache or newly built.
 * @throws ModproveError `MODULE_DOES_NOT_COMPILE` (exit 1) with gcc's and modpost's lines,
 * `NO_MODULE` (exit 1); `VERMAGIC` if the kernel's tree does not match its release
 */
export async function requireModule(request: ModuleRequest): Promise<ModuleBuild> {
  const { kernel, module, coverage = false } = request
  const files = await sourcesOf(module)
  const contents: Record<string, Buffer> = {}
  for (const file of files) contents[file] = await readFile(join(module.folder, file))
  const flags = `${coverage ? 'coverage ' : ''}${module.name}`
  const key = contentKey({ recipe: String(RECIPE), kernel: kernel.key, flags, ...contents })
  const { folder, value } = await stored<ModuleRecord>(
    {
      kind: 'modules',
      key: `${kernel.release}-${kernel.flavour}-${key}`,
      title: `module for ${kernel.release} ${kernel.flavour}`,
      hashed: 'all',
      keptDays: KEPT_DAYS,
      valueFrom: json => moduleRecord.safeParse(json).data,
      make: target => buildModule(request, files, target),
    },
    request,
  )
  const { modules, coverageNotes, ignored, ...rest } = value
  for (const line of ignored) request.progress.say(line)
  return {
    ...rest,
    warnings: [...rest.warnings, ...ignored],
    key,
    sourcePrefix: `${module.name}/`,
    coverageNotes: coverageNotes.map(file => join(folder, file)),
    modules: modules.map(({ name, file }): BuiltModule => ({
      name,
      ko: join(folder, file),
      debugKo: join(folder, 'debug', file),
    })),
  }
}

async function buildModule(
  { kernel, module, coverage = false, progress, signal }: ModuleRequest,
  files: readonly string[],
  target: string,
): Promise<ModuleRecord> {
  const makefiles = { ...module, folder: join(target, 'build'), tree: kernel.tree }
  const { folder: build } = makefiles
  if (!files.some(file => file === 'Kbuild' || file === 'Makefile'))
    throw await noModule({ ...makefiles, folder: module.folder }, kernel)
  for (const file of files) {
    await mkdir(dirname(join(build, file)), { recursive: true })
    await copyFile(join(module.folder, file), join(build, file))
  }
  const title = `building the module for ${kernel.release} ${kernel.flavour}`
  const output = await during(progress, title, await secondsHere(USUALLY_SECONDS, 2), () =>
    compile(kernel, makefiles, files, coverage, { progress, signal }),
  )
  const order = await readFile(join(build, 'modules.order'), 'utf8').catch(() => '')
  const objects = order.split('\n').filter(line => line !== '')
  if (objects.length === 0) throw await noModule(makefiles, kernel)
  await mkdir(join(target, 'debug'))
  const $ = script({ cwd: target, signal })
  const built: { name: string; file: string; depends: readonly string[] }[] = []
  for (const object of objects) {
    const relative = object.startsWith(build) ? object.slice(build.length + 1) : object
    const file = `${basename(relative).replace(/\.k?o$/, '')}.ko`
    const debug = join('debug', file)
    await rename(join(build, dirname(relative), file), join(target, debug))
    await $`strip --strip-debug -o ${file} ${debug}`
    const info = readModinfo(await readFile(join(target, debug)))
    refuseOtherKernel(kernel, file, info.get('vermagic')?.[0] ?? '')
    const depends = (info.get('depends')?.[0] ?? '').split(',').filter(name => name !== '')
    built.push({ name: file.slice(0, -3).replaceAll('-', '_'), file, depends })
  }
  const coverageNotes = await keepNotes(build, target)
  const ignored = await ignoredFlags(makefiles)
  await rm(build, { recursive: true, force: true })
  return {
    modules: inLoadOrder(built).map(({ name, file }) => ({ name, file })),
    compiledIn: build,
    coverageNotes,
    warnings: warningsOf(output),
    ignored,
  }
}

/** @returns make's output, with files named as the user knows them */
async function compile(
  kernel: KernelBuild,
  makefiles: Makefiles,
  files: readonly string[],
  coverage: boolean,
  work: Work,
): Promise<string> {
  const { signal } = work
  const { folder: build, name } = makefiles
  const flags = ['-g', ...namingOptions(build, name, files)]
  // In the environment, so that Kbuild's own "GCOV_PROFILE := n" for generated files wins.
  const env = { ...buildEnvironment(build), GCOV_PROFILE: coverage ? 'y' : '' }
  const $ = script({ cwd: build, signal, env })
  const make = [...makeVariables('gcc'), `KCFLAGS=${flags.join(' ')}`]
  const { exitCode, stdout } =
    await $`make ${make} -C ${kernel.tree} M=${build} modules 2>&1`.nothrow()
  signal.throwIfAborted()
  const output = calledAsKnown(stdout, { build, name, tree: kernel.tree })
  if (exitCode === 0) return output
  throw await moduleFailure(output, makefiles, kernel, work)
}

function refuseOtherKernel(kernel: KernelBuild, file: string, vermagic: string): void {
  if (vermagic.startsWith(`${kernel.release} `)) return
  throw harnessError(
    'VERMAGIC',
    `${file} was built for another kernel: expected vermagic "${kernel.release} …", got "${vermagic}"`,
    { remedy: `Remove ${kernel.folder}, so that the kernel is built again` },
  )
}

async function keepNotes(build: string, target: string): Promise<readonly string[]> {
  const notes: string[] = []
  for (const item of await readdir(build, { recursive: true, withFileTypes: true })) {
    if (!item.name.endsWith('.gcno') || item.name.endsWith('.mod.gcno')) continue
    await rename(join(item.parentPath, item.name), join(target, item.name))
    notes.push(item.name)
  }
  return notes
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
