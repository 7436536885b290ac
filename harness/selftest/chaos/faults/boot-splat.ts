import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { SUITE_END } from '../../../contract/test-names.js'
import { commandFile, packageRoot } from '../../../platform/files/package-root.js'
import type { Fault } from '../fault.js'

/** The last command of `images/guest/init`. */
const READY = "printf '\\nmodprove: ready\\n' >/dev/console\n"
const COMPLAIN = 'insmod /lib/modprove/faulty.ko\nprintf warn >/dev/faulty\nrmmod faulty\n'

/** A copy of this harness that may be changed. */
async function otherHarness(folder: string): Promise<string> {
  for (const name of ['harness', 'images', 'package.json'])
    await cp(join(packageRoot, name), join(folder, name), { recursive: true })
  await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

export const bootSplatFault: Fault = {
  row: 3,
  name: 'boot-splat',
  fault: 'the kernel complains before a test begins, on every machine',
  expected: 'an error with the trace, exit 3: no test is blamed, and none passes on such a kernel',
  make: async lab => {
    const harness = await otherHarness(join(lab.root, 'harness'))
    const init = join(harness, 'images/guest/init')
    const text = await readFile(init, 'utf8')
    await writeFile(init, text.replace(READY, `${COMPLAIN}${READY}`))
    const command = join(harness, relative(packageRoot, commandFile))
    // --cold, because a template has no modules that could be loaded at boot.
    const ended = await lab.run(['run', 'lost', '--cold'], { command })
    lab.expect(ended, {
      lost: { before: ['error', 'no-boot'], waits: 'miss', after: 'miss', [SUITE_END]: 'miss' },
    })
    const [problem] = lab.result(ended, 'lost', 'before')?.problems ?? []
    const says = `${problem?.message}\n${problem?.detail}`
    lab.match('says what', says, /before a module was loaded: warning: .*fault_warn/)
    lab.match('with its trace', problem?.detail ?? '', /fault_warn[^]*do_syscall/)
    lab.tell(problem?.message ?? 'nothing')
  },
}
