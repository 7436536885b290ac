import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ModproveError } from '../../platform/errors.js'
import { defined } from '../../platform/pick.js'
import { PROGRAM_RUN } from '../../contract/test-names.js'
import type { KernelTests } from '../../session/job.js'
import type { SuiteDefinition } from '../../suite-api/registry.js'
import { programSuite } from './run-program.js'

/** Without the kernel's build it is not known how many programs a target has. */
const TARGET_MS = 300_000

/**
 * The suite of a target of tools/testing/selftests.
 * @throws ModproveError `UNKNOWN_KSELFTEST`, and why it was not built
 */
export function kselftestSuite(target: string, tests: KernelTests | undefined): SuiteDefinition {
  const title = `kselftest ${target}`
  const built = tests?.selftests[target]
  if (built !== undefined && 'code' in built && built.code === 'NO_SOURCE')
    return skippedSuite(title, built.message)
  if (built !== undefined && 'code' in built) {
    const { code, outcome, message, ...details } = built
    throw new ModproveError(code, outcome, message, details)
  }
  const { programs = [], timeoutS = 0, advice } = built ?? {}
  const timeoutMs = Math.max(TARGET_MS, programs.length * timeoutS * 1000)
  const folder = `/tmp/kselftest/${target}`
  return programSuite(title, { timeoutMs }, async (guest, run) => {
    if (built === undefined) throw new Error(`${target} was not built for this kernel`)
    for (const [path, host] of Object.entries(built.libraries))
      if (!(await guest.exists(path))) await guest.upload(path, await readFile(host), 0o755)
    for (const file of built.files) {
      const host = join(built.folder, file)
      await guest.upload(`${folder}/${file}`, await readFile(host), (await stat(host)).mode & 0o777)
    }
    for (const name of programs)
      await run([`./${name}`], name, {
        folder,
        prefix: name,
        statusCounts: true,
        ...defined({ advice }),
      })
  })
}

/** Of a kernel whose source is not to be had. */
const skippedSuite = (title: string, reason: string): SuiteDefinition => ({
  title,
  options: {},
  tests: [
    {
      name: PROGRAM_RUN,
      options: {},
      body: t => Promise.resolve(void t.pass('skipped', { skip: reason })),
    },
  ],
})
