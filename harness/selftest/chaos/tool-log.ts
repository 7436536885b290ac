import { chmod, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { privateFolder } from '../../platform/private-folder.js'

/** Programs that stand before the real ones in PATH, and write down how each was called. */
export interface ToolLog extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv
  /** Every call until now, one a line, beginning with the program's name. */
  calls(): Promise<readonly string[]>
}

/** @param instead lines of sh(1) that may change a program's words (`$@`) before it is executed */
export async function logTools(names: readonly string[], instead = ''): Promise<ToolLog> {
  const kept = await privateFolder({ TMPDIR: '/tmp' })
  const folder = kept.path
  const log = join(folder, 'calls')
  await writeFile(log, '')
  // QEMU is another user.
  await chmod(folder, 0o755)
  await chmod(log, 0o666)
  for (const name of names) {
    const { stdout } = await execa('sh', ['-c', 'command -v "$0"', name])
    const file = join(folder, name)
    // One write(2) a call, appended: lines of calls side by side do not mix.
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
