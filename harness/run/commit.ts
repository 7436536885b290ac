import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { checkoutRoot } from '../paths.js'

/** The checkout's commit, or null outside git. */
export async function commit(): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], {
      cwd: checkoutRoot,
    })
    return stdout.trim()
  } catch {
    // No git, or a tarball: the record is as good without.
    return null
  }
}
