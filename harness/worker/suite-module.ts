import { createHash } from 'node:crypto'
import { basename, dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildFailure, Message } from 'esbuild'
import { compiledFolder } from '../compile/entry.js'
import { compiled } from '../compile/store.js'
import { diskFull } from '../platform/disk-full.js'
import { EXIT, harnessError, ModproveError } from '../platform/errors.js'
import { packageRoot } from '../platform/package-root.js'

/**
 * What to import for a suite file: its JavaScript, bundled with what it imports of its own and kept beside the harness's.
 * Where the harness runs from its sources, the file itself.
 *
 * @throws ModproveError `SUITE_DOES_NOT_COMPILE`, `DISK_FULL`, `NOT_COMPILED`
 */
export async function suiteModule(file: string): Promise<URL> {
  if (compiledFolder === undefined) return pathToFileURL(file)
  const store = dirname(compiledFolder)
  const name = `suite-${createHash('sha256').update(file).digest('hex').slice(0, 16)}`
  // The very module that this harness uses: a copy would register the suite where nobody looks.
  const suiteJs = `../${basename(compiledFolder)}/suite.js`
  const sources = {
    entries: { suite: file },
    elsewhere: { [join(packageRoot, 'harness/suite-api/suite.ts')]: suiteJs },
    keepsUrls: true,
  }
  try {
    return pathToFileURL(join(await compiled(store, name, sources, compiledFolder), 'suite.js'))
  } catch (error) {
    if (isBuildFailure(error)) throw doesNotCompile(file, error)
    throw (
      diskFull(error, 'Compiling a suite', [store]) ??
      harnessError('NOT_COMPILED', `${file} cannot be compiled: ${String(error)}`, {
        remedy: `See whether ${store} can be written`,
        cause: error,
      })
    )
  }
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error

function doesNotCompile(file: string, { errors }: BuildFailure): ModproveError {
  const name = relative(packageRoot, file)
  return new ModproveError('SUITE_DOES_NOT_COMPILE', EXIT.failed, `${name} does not compile`, {
    detail: errors.map(lineOf).join('\n'),
  })
}

const lineOf = ({ text, location }: Message): string =>
  location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`
