import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { harnessError } from '../platform/errors.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { script } from '../platform/process/script.js'

/** Room for the objects of about eight kernels. */
const CCACHE_LIMIT = '3G'

const versions = new Map<string, Promise<string>>()

/**
 * First line of a compiler's `--version`; part of every cache key.
 * @throws ModproveError `NO_COMPILER`
 */
export function compilerVersion(cc = 'gcc'): Promise<string> {
  const known = versions.get(cc)
  if (known !== undefined) return known
  const version = script()`${cc} --version`.then(
    ({ stdout }) => stdout.split('\n', 1)[0] ?? '',
    (cause: unknown) => {
      throw harnessError('NO_COMPILER', `There is no ${cc} to build kernels and modules with`, {
        remedy: `sudo apt-get install ${cc}`,
        cause,
      })
    },
  )
  versions.set(cc, version)
  return version
}

/** Returns a compiler's command, through ccache if installed. */
export async function compiler(cc = 'gcc'): Promise<string> {
  const { exitCode } = await script()`command -v ccache`.nothrow()
  return exitCode === 0 ? `ccache ${cc}` : cc
}

const LLVM_TOOLS = ['AR', 'NM', 'STRIP', 'OBJCOPY', 'OBJDUMP', 'READELF']

/** Make's variables for LLVM's programs beside clang, in the same version; empty for gcc. */
export function llvmPrograms(cc: string): Readonly<Record<string, string>> {
  const [, version] = /\bclang(-\d+)$/.exec(cc) ?? []
  if (version === undefined) return {}
  const tools = LLVM_TOOLS.map((tool): [string, string] => [
    tool,
    `llvm-${tool.toLowerCase()}${version}`,
  ])
  return { LD: `ld.lld${version}`, ...Object.fromEntries(tools) }
}

/** The host's own tools stay gcc's: LLVM=1 would call clang without a version. */
const HOST_TOOLS = ['HOSTCC=gcc', 'HOSTCXX=g++', 'HOSTLD=ld', 'HOSTAR=ar']

function llvmVariables(cc: string): readonly string[] {
  const programs = Object.entries(llvmPrograms(cc))
  if (programs.length === 0) return []
  return ['LLVM=1', ...programs.map(([name, program]) => `${name}=${program}`), ...HOST_TOOLS]
}

/** Variables for make that make builds reproducible. */
export const makeVariables = (cc: string): readonly string[] => [
  `-j${availableParallelism()}`,
  'ARCH=x86_64',
  'CROSS_COMPILE=',
  `CC=${cc}`,
  ...llvmVariables(cc),
  // Otherwise the version gets a "+" if the source is inside a git repository.
  'LOCALVERSION=',
  'KBUILD_BUILD_TIMESTAMP=Thu Jan 1 00:00:00 UTC 1970',
  'KBUILD_BUILD_USER=modprove',
  'KBUILD_BUILD_HOST=modprove',
  'KBUILD_BUILD_VERSION=1',
]

/**
 * Environment for make, without the user's own flags, which are not in the cache key.
 * @param baseFolder ccache makes paths below it relative, so that point releases share objects;
 * temporary files are written there, and deleted with it
 * @param bin a folder of programs to use in place of the host's
 */
export const buildEnvironment = (
  baseFolder: string,
  bin?: string,
): Readonly<Record<string, string>> => ({
  ...(bin === undefined ? {} : { PATH: `${bin}:${process.env['PATH'] ?? ''}` }),
  MAKEFLAGS: '',
  KCFLAGS: '',
  KAFLAGS: '',
  KBUILD_OUTPUT: '',
  INSTALL_MOD_PATH: '',
  TMPDIR: baseFolder,
  CCACHE_DIR: join(cacheFolder(), 'ccache'),
  CCACHE_BASEDIR: baseFolder,
  CCACHE_NOHASHDIR: '1',
  // Otherwise ccache preprocesses each file, which takes as long as compiling a small one.
  CCACHE_DEPEND: '1',
  CCACHE_MAXSIZE: CCACHE_LIMIT,
})
