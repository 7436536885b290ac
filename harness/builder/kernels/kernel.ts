import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { secondsHere } from '../../platform/host-slowness.js'
import { cacheFolder } from '../../platform/cache-folder.js'
import { withLock } from '../../platform/lock.js'
import { during, type Step } from '../../platform/progress.js'
import { script } from '../../platform/process/script.js'
import { kernelName, kernelRecord, type KernelRecord } from './built-kernels.js'
import { buildEnvironment, compiler, compilerVersion, makeVariables } from '../compiler.js'
import { compilerErrors, StepCounter } from '../modules/compiler-lines.js'
import { requireExports } from '../modules/exports.js'
import type { Flavour } from './flavours.js'
import { formatFragment, optionsFor, type ConfigOption } from './fragment.js'
import { contentKey } from '../hash.js'
import { configure } from './kconfig.js'
import type { KernelSource } from './kernel-source.js'
import { stored } from '../store.js'
import { hasModules, installKernelModules } from './kernel-modules.js'
import { installModuleTree } from './tree.js'
import type { KernelBuild, Work } from '../types.js'

/** Rises when these scripts build something else from the same input. */
const RECIPE = 2
/** A build on two idle cores of the usual host. */
const SECONDS = { pvh: 210, bzimage: 400 } as const

export interface KernelRequest extends Work {
  readonly source: KernelSource
  readonly flavour: Flavour
}

/**
 * The kernel that was asked for, from the cache or built now.
 * @throws ModproveError `OPTIONS_LOST`, `KERNEL_DOES_NOT_BUILD`, and what the source throws
 */
export async function requireKernel(request: KernelRequest): Promise<KernelBuild> {
  const { source, flavour } = request
  if (source.unavailable !== undefined) throw source.unavailable
  const options = optionsFor(source.series, flavour.options)
  const key = await keyOf(source, flavour, options)
  const { folder, value } = await stored(
    {
      kind: 'kernels',
      key,
      title: `kernel ${source.release} ${flavour.kernel}`,
      hashed: [imageName(flavour), 'tree/Module.symvers', 'tree/.config'],
      valueFrom: json => kernelRecord.safeParse(json).data,
      make: folder => buildKernel(folder, request, options),
    },
    request,
  )
  return {
    series: source.series,
    release: value.release,
    flavour: flavour.name,
    compiler: await compilerVersion(),
    source: source.id,
    sourceTree: source.tree,
    key,
    folder,
    image: join(folder, imageName(flavour)),
    tree: join(folder, 'tree'),
    systemMap: join(folder, 'System.map'),
    config: join(folder, 'tree/.config'),
    modules: value.modules.map(module => ({ ...module, file: join(folder, module.file) })),
  }
}

/** The key that a kernel's build has or will have, and whether it is in the cache. */
export async function kernelKey(
  source: KernelSource,
  flavour: Flavour,
): Promise<{ readonly key: string; readonly isBuilt: boolean }> {
  const options = optionsFor(source.series, flavour.options)
  const key = await keyOf(source, flavour, options)
  const found = await stat(join(cacheFolder(), 'kernels', key)).catch(() => undefined)
  return { key, isBuilt: found !== undefined }
}

async function keyOf(
  source: KernelSource,
  flavour: Flavour,
  options: readonly ConfigOption[],
): Promise<string> {
  const hash = contentKey({
    recipe: String(RECIPE),
    source: source.id,
    options: formatFragment(options),
    boot: flavour.bootPath,
    ...(flavour.make.length === 0 ? {} : { make: flavour.make.join(' ') }),
    compiler: await compilerVersion(),
  })
  return kernelName(source.name, flavour.kernel, hash)
}

const imageName = ({ bootPath }: Flavour): string => (bootPath === 'pvh' ? 'vmlinux' : 'bzImage')

/** Fills `folder`. One kernel is built at a time: make keeps all processors busy already. */
async function buildKernel(
  folder: string,
  request: KernelRequest,
  options: readonly ConfigOption[],
): Promise<KernelRecord> {
  const { source, flavour, progress, signal } = request
  const name = `${source.release} ${flavour.kernel}`
  const build = async (): Promise<KernelRecord> => {
    const { tree, outputs, stillSame } = await source.open(request)
    const output = join(outputs, `build-${flavour.kernel}`)
    await rm(output, { recursive: true, force: true })
    await mkdir(output)
    try {
      const usually = await secondsHere(SECONDS[flavour.bootPath])
      await during(progress, `building kernel ${name}`, usually, step =>
        compile({ tree, output, folder }, request, options, step),
      )
      const release = await readFile(join(output, 'include/config/kernel.release'), 'utf8')
      await install(output, folder, flavour, signal)
      await installModuleTree(tree, output, join(folder, 'tree'), hasModules(options), signal)
      const modules = hasModules(options)
        ? await installKernelModules({ source: tree, output, folder, options }, signal)
        : []
      await stillSame()
      // Now, because the source does not stay unpacked.
      await requireExports({ source: source.id, sourceTree: tree }, request)
      return { release: release.trim(), modules }
    } finally {
      await rm(output, { recursive: true, force: true })
    }
  }
  return withLock('kernel-build', build, {
    signal,
    purpose: `building kernel ${name}`,
    waiting: holder => {
      progress.say(`Waiting for ${holder}: one kernel is built at a time`)
    },
  })
}

interface Folders {
  /** The unpacked source. */
  readonly tree: string
  /** Where make builds. */
  readonly output: string
  /** What is kept. */
  readonly folder: string
}

async function compile(
  { tree, output, folder }: Folders,
  { source, flavour, signal }: KernelRequest,
  options: readonly ConfigOption[],
  step: Step,
): Promise<void> {
  const kernel = `${source.release} ${flavour.kernel}`
  const make = makeVariables(await compiler())
  step.note('configuring')
  await configure({ source: tree, output, kernel, options, make, signal })
  const targets = [
    flavour.bootPath === 'pvh' ? 'vmlinux' : 'bzImage',
    ...(hasModules(options) ? ['modules'] : []),
  ]
  const $ = script({ cwd: tree, signal, env: buildEnvironment(tree) })
  const log = createWriteStream(join(folder, 'build.log'))
  const counter = new StepCounter()
  const running = $`make ${make} ${flavour.make} O=${output} ${targets} modules_prepare 2>&1`
  running.stdout.on('data', (piece: Buffer) => {
    log.write(piece)
    counter.add(piece.toString())
    step.note(`${counter.objects} objects, ${counter.last}`)
  })
  const { exitCode, stdout } = await running.nothrow()
  log.end()
  await finished(log)
  signal.throwIfAborted()
  if (exitCode === 0) return
  const kept = join(cacheFolder(), 'logs', `kernel-${kernel.replaceAll(/[^\w.-]/g, '-')}.log`)
  await mkdir(join(cacheFolder(), 'logs'), { recursive: true })
  await copyFile(join(folder, 'build.log'), kept)
  throw harnessError('KERNEL_DOES_NOT_BUILD', `Kernel ${kernel} does not build`, {
    ...compilerErrors(stdout),
    remedy: `All of make's output is in ${kept}`,
  })
}

async function install(output: string, folder: string, flavour: Flavour, signal: AbortSignal) {
  await copyFile(join(output, 'System.map'), join(folder, 'System.map'))
  if (flavour.bootPath === 'bzimage') {
    await copyFile(join(output, 'arch/x86/boot/bzImage'), join(folder, 'bzImage'))
  } else {
    // QEMU finds the PVH entry in a note; symbols would only be loaded for nothing.
    await script({
      signal,
    })`strip --strip-all -o ${join(folder, 'vmlinux')} ${join(output, 'vmlinux')}`
  }
}
