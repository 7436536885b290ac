import { join } from 'node:path'
import { cacheFolder } from '../../../platform/files/cache-folder.js'
import { script } from '../../../platform/process/script.js'

const DEFINITION = '^[[:space:]]*(menu)?config[[:space:]]+[A-Za-z0-9_]+'

/** Names of all options in the Kconfig files of kernels whose source has been here: `PROC_FS`. */
export async function everyOption(signal: AbortSignal): Promise<ReadonlySet<string>> {
  const kept = join(cacheFolder(), 'exports')
  const $ = script({ signal })
  // Another run may remove one meanwhile; without any, nothing is known.
  const { stdout } = await $`grep -rhoE --include='Kconfig*' ${DEFINITION} ${kept}`.nothrow()
  return new Set([...stdout.matchAll(/\w+$/gm)].map(([name]) => name))
}
