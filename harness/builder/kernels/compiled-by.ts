import { usageError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'
import { llvmPrograms } from '../compiler.js'
import type { KernelSource } from './kernel-source.js'

/** A kernel's name with the compiler that builds it and its modules: `6.1+clang-16`. */
const COMPILED = /^(.+)\+((?:gcc|clang)-\d+)$/

/** The parts of a kernel's name; no compiler is the host's gcc. */
export function splitCompiler(word: string): { readonly name: string; readonly cc?: string } {
  const [, name = word, cc] = COMPILED.exec(word) ?? []
  return cc === undefined ? { name } : { name, cc }
}

/** Every kernel by every compiler, as names of kernels; without compilers, the kernels. */
export const byCompilers = (
  kernels: readonly string[],
  compilers: readonly string[] = [],
): readonly string[] =>
  compilers.length === 0
    ? kernels
    : kernels.flatMap(kernel => compilers.map(cc => `${kernel}+${cc}`))

/**
 * The same source for another compiler, which its names tell apart.
 * @param word as the user named the kernel
 * @throws ModproveError `NO_COMPILER`, `OTHER_COMPILER` (exit 2)
 */
export async function compiledBy(
  source: KernelSource,
  cc: string,
  word: string,
): Promise<KernelSource> {
  if (source.install !== undefined)
    throw usageError('OTHER_COMPILER', `${word} is prebuilt: its own compiler builds modules`, {
      remedy: `Leave ${cc} out, or name a kernel that is built here: a series, such as 6.1`,
    })
  await requireCompiler(cc)
  const by = (name: string): string => `${name}+${cc}`
  const { id, name, release } = source
  return { ...source, id: by(id), name: by(name), release: by(release), compiler: cc }
}

/** Debian's packages of a compiler: LLVM builds kernels with its own linker and tools. */
async function requireCompiler(cc: string): Promise<void> {
  for (const program of [cc, ...Object.values(llvmPrograms(cc))]) {
    const { exitCode } = await script()`command -v ${program}`.nothrow()
    if (exitCode === 0) continue
    const [family = '', version] = cc.split('-')
    const packages = family === 'clang' ? [cc, `lld-${version}`, `llvm-${version}`] : [cc]
    const known = await compilersOfArchive(family)
    throw usageError('NO_COMPILER', `There is no ${program} to build kernels and modules with`, {
      remedy:
        known.length === 0 || known.includes(cc)
          ? `sudo apt-get install ${packages.join(' ')}`
          : `apt knows no ${cc} here: it has ${known.join(', ')}`,
    })
  }
}

/** Those that apt would install, oldest first; none where there is no apt. */
async function compilersOfArchive(family: string): Promise<readonly string[]> {
  const { stdout } = await script()`apt-cache pkgnames ${family}-`.nothrow()
  const names = stdout.split('\n').filter(name => /^[a-z]+-\d+$/.test(name))
  return names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}
