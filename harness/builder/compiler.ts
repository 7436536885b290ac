import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { harnessError } from '../platform/errors.js'
import { cacheFolder } from '../platform/cache-folder.js'
import { script } from '../platform/process/script.js'

/** Holds about eight kernels' objects. */
const CCACHE_LIMIT = '3G'

let version: Promise<string> | undefined

/** First line of `gcc --version`; part of every key. @throws ModproveError `NO_COMPILER` */
export function compilerVersion(): Promise<string> {
  version ??= script()`gcc --version`.then(
    ({ stdout }) => stdout.split('\n', 1)[0] ?? '',
    (cause: unknown) => {
      throw harnessError('NO_COMPILER', 'There is no gcc to build kernels and modules with', {
        remedy: 'sudo apt-get install gcc',
        cause,
      })
    },
  )
  return version
}

/** `gcc`, through ccache where that is installed. */
export async function compiler(): Promise<string> {
  const { exitCode } = await script()`command -v ccache`.nothrow()
  return exitCode === 0 ? 'ccache gcc' : 'gcc'
}

/** Variables for make: the same objects whoever builds, and wherever. */
export const makeVariables = (cc: string): readonly string[] => [
  `-j${availableParallelism()}`,
  'ARCH=x86_64',
  'CROSS_COMPILE=',
  `CC=${cc}`,
  // Without it a version gets a "+" where the source lies inside some git repository.
  'LOCALVERSION=',
  'KBUILD_BUILD_TIMESTAMP=Thu Jan 1 00:00:00 UTC 1970',
  'KBUILD_BUILD_USER=modprove',
  'KBUILD_BUILD_HOST=modprove',
  'KBUILD_BUILD_VERSION=1',
]

/**
 * Environment for make: the user's own flags would change the build without changing its key.
 * @param baseFolder ccache takes paths below it as relative, so that point releases share objects; it goes when a build is
 *   interrupted, and the compiler's temporary files with it
 */
export const buildEnvironment = (baseFolder: string): Readonly<Record<string, string>> => ({
  MAKEFLAGS: '',
  KCFLAGS: '',
  KAFLAGS: '',
  KBUILD_OUTPUT: '',
  INSTALL_MOD_PATH: '',
  TMPDIR: baseFolder,
  CCACHE_DIR: join(cacheFolder(), 'ccache'),
  CCACHE_BASEDIR: baseFolder,
  CCACHE_NOHASHDIR: '1',
  // Without it ccache preprocesses each file once more, which takes as long as compiling a small one.
  CCACHE_DEPEND: '1',
  CCACHE_MAXSIZE: CCACHE_LIMIT,
})
