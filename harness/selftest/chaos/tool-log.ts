import { chmod, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { script } from '../../platform/process/script.js'
import { privateFolder } from '../../platform/files/private-folder.js'

/** Wrappers that precede the real programs in PATH and log their calls. */
export interface ToolLog extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv
  /** All calls so far, one per line, starting with the program's name. */
  calls(): Promise<readonly string[]>
}

/**
 * @param instead lines of sh(1) that may change the arguments (`$@`) before the real program runs
 */
export async function logTools(names: readonly string[], instead = ''): Promise<ToolLog> {
  const kept = await privateFolder({ TMPDIR: '/tmp' })
  const folder = kept.path
  const log = join(folder, 'calls')
  await writeFile(log, '')
  // QEMU runs as another user.
  await chmod(folder, 0o755)
  await chmod(log, 0o666)
  for (const name of names) {
    const { stdout } = await script()`command -v ${name}`
    const file = join(folder, name)
    // One appending write(2) per call, so that concurrent lines do not mix.
    const line = `printf '%s\\n' "${name} $(echo "$*" | tr '\\n' ' ')" >>'${log}'`
    await writeFile(file, `#!/bin/sh\n${line}\n${instead}\nexec ${stdout.trim()} "$@"\n`)
    await chmod(file, 0o755)
  }
  return {
    env: { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
    calls: async () => (await readFile(log, 'utf8')).split('\n').filter(line => line !== ''),
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  }
}
