import { z } from 'zod'
import type { Data } from '../../contract/data.js'
import { harnessError } from '../../platform/errors.js'
import { defined } from '../../platform/pick.js'
import { script } from '../../platform/process/script.js'
import { compilerErrors, warningsOf } from './compiler-lines.js'
import { calledAsKnown, type BuildFolder } from './module-output.js'

/** Of make, where the kernel's scripts/checker-valid.sh wants a newer one. */
const REFUSED = /^\S*Makefile:\d+: (C=2 specified, but .*)$/m

export const sparseForm = z.object({
  warnings: z.array(z.string()).describe('with its errors, and files named as the user knows them'),
  refused: z.string().optional().describe('why the kernel does not let this sparse read sources'),
})

/** What sparse says of a folder's sources. */
export type SparseReport = Data<z.infer<typeof sparseForm>>

/** Returns what `sparse --version` says. @throws ModproveError `NO_SPARSE` */
export async function sparseVersion(): Promise<string> {
  const { exitCode, stdout } = await script()`sparse --version`.nothrow()
  if (exitCode === 0) return stdout.trim()
  throw harnessError('NO_SPARSE', 'There is no sparse to read the sources of the modules', {
    remedy: 'sudo apt-get install sparse',
  })
}

/** @throws ModproveError `SPARSE_FAILED` */
export function sparseReport(
  { exitCode, stdout }: { readonly exitCode: number | null; readonly stdout: string },
  place: BuildFolder,
): SparseReport {
  if (exitCode !== 0) {
    throw harnessError('SPARSE_FAILED', `sparse cannot read the sources of ${place.name}/`, {
      ...compilerErrors(calledAsKnown(stdout, place)),
    })
  }
  const [, refused] = REFUSED.exec(stdout) ?? []
  const warnings = refused === undefined ? warningsOf(calledAsKnown(stdout, place)) : []
  return { warnings, ...defined({ refused }) }
}
