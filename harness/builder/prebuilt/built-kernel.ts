import { copyFile, mkdir, readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { defined } from '../../platform/pick.js'
import { script } from '../../platform/process/script.js'
import { during } from '../../platform/terminal/progress.js'
import { seriesOf } from '../../platform/text/version.js'
import { builtSource } from '../../project/built-source.js'
import type { KernelRecord } from '../kernels/built-kernels.js'
import type { KernelSource } from '../kernels/kernel-source.js'
import { contentKey } from '../hash.js'
import { installModuleTree } from '../kernels/tree.js'
import type { Work } from '../types.js'
import { contentOf, IMAGE, modulesIn, notBuilt, RELEASE, requireWhole } from './build-folder.js'
import { installedModules } from './installed-modules.js'
import { lackingOptions, whyNoMachine } from './lacking-options.js'

const COPY_SECONDS = 20
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
  const config = await readFile(join(output, '.config'), 'utf8').catch((cause: unknown) => {
    throw notBuilt(path, 'it has no .config', cause)
  })
  if (!/^CONFIG_X86_64=y$/m.test(config))
    throw usageError('OTHER_ARCHITECTURE', `built:${path} is of another architecture than x86_64`, {
      remedy: 'Name the build of an x86_64 kernel: machines emulate no other processor',
    })
  await requireWhole(path, output, config)
  const release = (await readFile(join(output, RELEASE), 'utf8')).trim()
  const kernel = `built:${output}`
  const content = await contentOf(output, work.signal)
  await requireCompiler(kernel, config, work)
  const lacks = lackingOptions(config)
  return {
    series: seriesOf(release),
    release,
    id: `${kernel} ${content}`,
    name: `built-${basename(output).replaceAll(/[^\w.-]/g, '_')}-${contentKey({ output }).slice(0, 6)}-${release}`,
    tree: await builtSource(output),
    ...defined({ cannotBoot: whyNoMachine(kernel, config) }),
    install: folder => {
      // Once a kernel, and not in each run.
      for (const line of lacks) work.progress.say(`${kernel} ${line}`)
      return during(work.progress, `copying what is built in ${output}`, COPY_SECONDS, () =>
        copyBuild(output, folder, config, work.signal),
      )
    },
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
  const source = await builtSource(output)
  const tree = join(folder, 'tree')
  await installModuleTree(source, output, tree, true, signal)
  const release = (await readFile(join(output, RELEASE), 'utf8')).trim()
  const installed = join(folder, 'root/lib/modules', release)
  await mkdir(installed, { recursive: true })
  const $ = script({ cwd: output, signal })
  await $`cp modules.builtin modules.order ${installed}`
  // As `make modules_install` does, which would write to the build.
  for (const ko of modulesIn(await readFile(join(output, 'modules.order'), 'utf8'))) {
    const target = join(installed, 'kernel', ko)
    await $`install -D -m 644 ${ko} ${target} && strip --strip-debug ${target}`
  }
  const installedNow = await installedModules(join(folder, 'root'), folder, signal)
  return { ...installedNow, toolchain: compilerOf(config), word: `built:${output}` }
}

/** The compiler that the kernel was built with, by the name under which it was called. */
function compilerOf(config: string): { readonly cc: string; readonly version: string } {
  const version = /^CONFIG_CC_VERSION_TEXT="(.*)"$/m.exec(config)?.[1] ?? ''
  const cc = version.split(' ')[0] || 'gcc'
  return { cc, version }
}

/**
 * Says when another version is here.
 * @throws ModproveError `NO_COMPILER`, `OTHER_COMPILER` (exit 2)
 */
async function requireCompiler(kernel: string, config: string, work: Work): Promise<void> {
  const { cc, version } = compilerOf(config)
  if (!/^CONFIG_CC_IS_GCC=y$/m.test(config))
    throw usageError('OTHER_COMPILER', `${kernel} was not built by gcc: ${version}`, {
      remedy: 'Name a build of gcc: modules are built by the compiler of their kernel',
    })
  const { exitCode, stdout } = await script()`${cc} --version`.nothrow()
  const [here = ''] = stdout.split('\n')
  if (exitCode === 0) {
    if (here !== version)
      work.progress.say(`${kernel} was built by ${version}, and modules by ${here}`)
    return
  }
  throw usageError('NO_COMPILER', `${kernel} was built by ${version}, which is not on this host`, {
    remedy: `sudo apt-get install ${cc.replace('x86_64-linux-gnu-', '')}`,
  })
}

const noSource = (kernel: string) =>
  usageError('NO_SOURCE', `${kernel} is prebuilt: its source is not read`, {
    remedy: "Name the source as path:FOLDER for the kernel's own tests",
  })
