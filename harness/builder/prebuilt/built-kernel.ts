import { copyFile, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { isThere } from '../../platform/files/is-there.js'
import { script } from '../../platform/process/script.js'
import { during } from '../../platform/terminal/progress.js'
import { seriesOf } from '../../platform/text/version.js'
import { contentKey } from '../hash.js'
import type { KernelRecord } from '../kernels/built-kernels.js'
import type { KernelSource } from '../kernels/kernel-source.js'
import { installModuleTree } from '../kernels/tree.js'
import type { Work } from '../types.js'
import { installedModules } from './installed-modules.js'
import { lackingOptions } from './lacking-options.js'

const COPY_SECONDS = 20
const IMAGE = 'arch/x86/boot/bzImage'
const RELEASE = 'include/config/kernel.release'
/** What a build leaves, and what makes it. */
const PARTS = {
  '.config': 'defconfig',
  [RELEASE]: 'bzImage',
  [IMAGE]: 'bzImage',
  'Module.symvers': 'modules',
  'scripts/mod/modpost': 'modules_prepare',
}

/**
 * A kernel that somebody has built: its folder is read and never written, and nothing is built in
 * it.
 * @param path of the folder that holds `.config`: the source, or another one (`make O=`)
 * @throws ModproveError `NOT_BUILT`, `OTHER_ARCHITECTURE` (exit 2)
 */
export async function builtKernel(path: string, work: Work): Promise<KernelSource> {
  const output = await realpath(path).catch((cause: unknown) => {
    throw notBuilt(path, 'the folder does not exist', cause)
  })
  for (const [part, target] of Object.entries(PARTS))
    if (!(await isThere(join(output, part))))
      throw notBuilt(path, `it has no ${part}: make -C ${path} ${target}`)
  const config = await readFile(join(output, '.config'), 'utf8')
  if (!/^CONFIG_X86_64=y$/m.test(config))
    throw usageError('OTHER_ARCHITECTURE', `built:${path} is of another architecture than x86_64`, {
      remedy: 'Name the build of an x86_64 kernel: machines emulate no other processor',
    })
  const release = (await readFile(join(output, RELEASE), 'utf8')).trim()
  const { size, mtimeMs } = await stat(join(output, IMAGE))
  const symbols = await readFile(join(output, 'Module.symvers'))
  const content = contentKey({ output, config, symbols, image: `${size} ${mtimeMs}` })
  const kernel = `built:${output}`
  await requireCompiler(kernel, config)
  for (const line of lackingOptions(config)) work.progress.say(`${kernel} ${line}`)
  return {
    series: seriesOf(release),
    release,
    id: `${kernel} ${content}`,
    name: `built-${basename(output).replaceAll(/[^\w.-]/g, '_')}-${release}`,
    tree: '',
    install: folder =>
      during(work.progress, `copying what is built in ${output}`, COPY_SECONDS, () =>
        copyBuild(output, folder, config, work.signal),
      ),
    open: () => Promise.reject(noSource(kernel)),
  }
}

async function copyBuild(
  output: string,
  folder: string,
  config: string,
  signal: AbortSignal,
): Promise<KernelRecord> {
  await copyFile(join(output, IMAGE), join(folder, 'bzImage'))
  await copyFile(join(output, 'System.map'), join(folder, 'System.map'))
  // Built elsewhere (`make O=`), a folder has a link to its source.
  const source = await realpath(join(output, 'source')).catch(() => output)
  const tree = join(folder, 'tree')
  await installModuleTree(source, output, tree, true, signal)
  const release = (await readFile(join(output, RELEASE), 'utf8')).trim()
  const installed = join(folder, 'root/lib/modules', release)
  await mkdir(installed, { recursive: true })
  const $ = script({ cwd: output, signal })
  await $`cp modules.builtin modules.order ${installed}`
  // As `make modules_install` does, which would write to the build.
  await $`sed -n 's/\\.o$/.ko/; /\\.ko$/p' modules.order | while read -r ko; do install -D -m 644 "$ko" ${installed}/kernel/"$ko"; strip --strip-debug ${installed}/kernel/"$ko"; done`
  const installedNow = await installedModules(join(folder, 'root'), folder, signal)
  return { ...installedNow, toolchain: compilerOf(config) }
}

/** The compiler that the kernel was built with, by the name under which it was called. */
function compilerOf(config: string): { readonly cc: string; readonly version: string } {
  const version = /^CONFIG_CC_VERSION_TEXT="(.*)"$/m.exec(config)?.[1] ?? ''
  const [cc = ''] = version.split(' ')
  return { cc, version }
}

/** @throws ModproveError `NO_COMPILER`, `OTHER_COMPILER` (exit 2) */
async function requireCompiler(kernel: string, config: string): Promise<void> {
  const { cc, version } = compilerOf(config)
  if (!/^CONFIG_CC_IS_GCC=y$/m.test(config))
    throw usageError('OTHER_COMPILER', `${kernel} was not built by gcc: ${version}`, {
      remedy: 'Name a build of gcc: modules are built by the compiler of their kernel',
    })
  const { exitCode } = await script()`command -v ${cc}`.nothrow()
  if (exitCode === 0) return
  throw usageError('NO_COMPILER', `${kernel} was built by ${version}, which is not on this host`, {
    remedy: `sudo apt-get install ${cc}`,
  })
}

const notBuilt = (path: string, why: string, cause?: unknown) =>
  usageError('NOT_BUILT', `built:${path} holds no kernel that is built: ${why}`, {
    remedy:
      'Name the folder of a finished `make`, or its source as path:FOLDER, which is built here',
    cause,
  })

const noSource = (kernel: string) =>
  usageError('NO_SOURCE', `${kernel} is prebuilt: its source is not read`, {
    remedy: "Name the source as path:FOLDER for the kernel's own tests",
  })
