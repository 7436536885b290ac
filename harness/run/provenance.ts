import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { contentKey } from '../build/index.js'
import type { Accelerator } from '../deadlines.js'
import type { Host } from '../events.js'
import { checkoutRoot } from '../paths.js'
import { project } from '../project.js'
import { qemuVersion } from '../vm/index.js'

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

/** @throws ModproveError `QEMU_MISSING` */
export async function hostOf(accelerator: Accelerator): Promise<Host> {
  // os-release(5)
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return {
    qemu: await qemuVersion(),
    accelerator,
    node: process.version,
    system: /^PRETTY_NAME="?(.*?)"?$/m.exec(release)?.[1] ?? process.platform,
    cores: availableParallelism(),
  }
}

/** Names the bytes of the module's and the suites' files as they are now. */
export async function contentNow(): Promise<{ readonly module: string; readonly suites: string }> {
  return {
    module: await folderKey(join(checkoutRoot, project.module)),
    suites: await folderKey(join(checkoutRoot, project.suites)),
  }
}

async function folderKey(folder: string): Promise<string> {
  const parts: Record<string, Buffer> = {}
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  for (const file of files.sort()) parts[file.slice(folder.length + 1)] = await readFile(file)
  return contentKey(parts)
}
