import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../platform/files/package-root.js'

const KERNEL_LOGS = 'verdict/reader/testdata'

/** Logs of all kernels and flavours: `.kmsg` or `.console`. */
export function kernelLogs(ending: string): string[] {
  return readdirSync(join(packageRoot, 'harness', KERNEL_LOGS), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .flatMap(name => samplesIn(`${KERNEL_LOGS}/${name}`, ending))
}

/** Recordings in a harness folder with this ending. */
export function samplesIn(folder: string, ending: string): string[] {
  const path = join(packageRoot, 'harness', folder)
  return readdirSync(path)
    .filter(name => name.endsWith(ending))
    .sort()
    .map(name => readFileSync(join(path, name), 'utf8'))
}
