import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { secondsHere } from '../../platform/host/host-slowness.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { during, type Step } from '../../platform/terminal/progress.js'
import { script } from '../../platform/process/script.js'
import type { InTree } from '../../project/module-sources.js'
import type { KernelRecord } from './built-kernels.js'
import { buildEnvironment, compiler, compilerVersion, makeVariables } from '../compiler.js'
import { compilerErrors, StepCounter } from '../modules/compiler-lines.js'
import { refuseBuiltIn } from '../modules/in-tree.js'
import { requireExports } from '../modules/exports.js'
import type { Flavour } from './flavours.js'
import type { ConfigOption } from './fragment.js'
import { configure } from './kconfig.js'
import { withSource, type KernelSource, type OpenSource } from './kernel-source.js'
import { hasModules, installKernelModules } from './kernel-modules.js'
import { installModuleTree } from './tree.js'
import type { Work } from '../types.js'

/** A build on two idle cores of the usual host. */
const SECONDS = { pvh: 210, bzimage: 400 } as const

export interface KernelRequest extends Work {
  readonly source: KernelSource
  readonly flavour: Flavour
  /** Modules of its own tree, which are built apart. */
  readonly notBuiltIn?: readonly InTree[]
}

/** The image that is built and booted, as make and the cache call it. */
export const imageName = ({ bootPath }: Flavour): string =>
  bootPath === 'pvh' ? 'vmlinux' : 'bzImage'

/** Fills `folder`. */
export function buildKernel(
  folder: string,
  request: KernelRequest,
  options: readonly ConfigOption[],
): Promise<KernelRecord> {
  const { source, flavour, progress, signal } = request
  const name = `${source.release} ${flavour.kernel}`
  const build = async ({ tree, outputs, stillSame }: OpenSource): Promise<KernelRecord> => {
    const output = join(outputs, `build-${flavour.kernel}`)
    await rm(output, { recursive: true, force: true })
    await mkdir(output)
    try {
      const make = makeVariables(await compiler(source.compiler))
      const config = await during(progress, `configuring kernel ${name}`, undefined, () =>
        configure({ source: tree, output, kernel: name, options, make, signal }),
      )
      for (const module of request.notBuiltIn ?? [])
        refuseBuiltIn(module, config, source.release, options)
      const usually = await secondsHere(SECONDS[flavour.bootPath])
      await during(progress, `building kernel ${name}`, usually, step =>
        compile({ tree, output, folder }, request, options, make, step),
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
      return {
        release: release.trim(),
        modules,
        atBoot: [],
        missing: [],
        ...(await toolchainOf(source)),
      }
    } finally {
      await rm(output, { recursive: true, force: true })
    }
  }
  return withSource(source, `building kernel ${name}`, build, request)
}

/** What modules are built with, unless by default. */
async function toolchainOf({
  compiler: cc,
}: KernelSource): Promise<Pick<KernelRecord, 'toolchain'>> {
  return cc === undefined ? {} : { toolchain: { cc, version: await compilerVersion(cc) } }
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
  make: readonly string[],
  step: Step,
): Promise<void> {
  const kernel = `${source.release} ${flavour.kernel}`
  const targets = [imageName(flavour), ...(hasModules(options) ? ['modules'] : [])]
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
