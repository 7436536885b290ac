import { appendFile, chmod, readdir, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { privateFolder } from '../../../platform/files/private-folder.js'
import { script } from '../../../platform/process/script.js'
import type { Fault } from '../fault.js'
import { junit } from './shards.js'

const SUITES = ['lost', 'late']
/** What a worker's host has. */
const PROGRAMS = ['node', 'qemu-system-x86_64', 'bash', 'sh', 'flock', 'setpriv', 'dirname']

export const bundleFault: Fault = {
  row: 26,
  name: 'bundle',
  fault: 'a worker without compiler, archive, git and binutils, of a bundle that was moved',
  expected: 'it reports as a run here does, lines and all; a bundle that was changed is refused',
  fast: false,
  make: async lab => {
    const inLab = (path: string): string => join(lab.root, path)
    const planned = await lab.run(['plan', ...SUITES, '--shards', '1', '--kernel', lab.kernel])
    lab.exits(planned, 0, 'the plan: ')
    lab.exits(await lab.run(['bundle']), 0, 'the bundle: ')
    await rename(inLab('bundle'), inLab('moved'))
    await using programs = await privateFolder({ TMPDIR: '/tmp' })
    // QEMU runs as another user, who may not enter the lab.
    await chmod(programs.path, 0o755)
    for (const name of PROGRAMS) await symlink(await placeOf(name), join(programs.path, name))
    const worker = {
      command: inLab('moved/modprove/harness/cli/modprove.js'),
      env: { PATH: programs.path, MODPROVE_CACHE: inLab('cache'), HOME: lab.root },
    }
    const ask = ['worker', '--bundle', 'moved', '--index', '0']
    lab.exits(await lab.run(ask, worker), 0, 'the worker: ')
    lab.exits(await lab.run(['merge', 'results']), 0, 'the merge: ')
    const merged = await junit(lab)
    lab.exits(await lab.run(['run', ...SUITES]), 1, 'a run here: ')
    const here = await junit(lab)
    lab.check(
      'it reports as a run here does',
      headsOf(merged) === headsOf(here),
      `${merged}\n${here}`,
    )
    lab.check('with the line of a warning', /\.c:\d+/.test(merged), merged)
    const [file = ''] = await readdir(inLab('moved/files'))
    await appendFile(inLab(`moved/files/${file}`), 'x')
    const refused = await lab.run([...ask, '--output', 'others'], worker)
    lab.exits(refused, 3, 'of a changed bundle: ')
    const isNamed = refused.output.includes(`${file} is not what was written`)
    lab.check('its changed file is named', isNamed, refused.output)
    lab.tell('a worker without compiler ran a bundle, and its report is that of a run here')
  },
}

/** Without traces, which tell what an interrupt came upon. */
const headsOf = (report: string): string =>
  report.replaceAll(/(<(?:failure|system-\w+)[^>]*>)[^<]*/g, '$1')

const placeOf = async (name: string): Promise<string> =>
  (await script()`command -v ${name}`).stdout.trim()
