import { cp, readFile, readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { harnessError, usageError } from '../../platform/errors.js'
import { commandFile } from '../../platform/files/package-root.js'
import { script } from '../../platform/process/script.js'
import type { PrivateFolder } from '../../platform/files/private-folder.js'
import { findRecord } from '../../record/read.js'
import { recordsOf } from '../../record/record.js'
import { firstFolder } from '../../project/module-sources.js'
import type { Project } from '../../project/project.js'
import { scratchProject } from '../../project/scratch-project.js'
import { timed } from './measure.js'

const TAIL_LINES = 20

/** A copy of the project that may be changed; `modprove` runs in it with the same cache. */
export class ScratchRuns implements AsyncDisposable {
  readonly #project: Project
  readonly #folder: PrivateFolder

  private constructor(project: Project, folder: PrivateFolder) {
    this.#project = project
    this.#folder = folder
  }

  static async make(project: Project): Promise<ScratchRuns> {
    return new ScratchRuns(project, await scratchProject(project))
  }

  /**
   * Changes the module by one comment at the end of its first C file.
   * @throws ModproveError `NO_SOURCE`
   */
  async changeModule(): Promise<void> {
    const folder = firstFolder({ ...this.#project.module, root: this.#folder.path })
    const [file] = (await readdir(folder)).filter(name => name.endsWith('.c')).sort()
    if (file === undefined) {
      throw usageError('NO_SOURCE', `${folder} has no C file to change`)
    }
    const path = join(folder, file)
    await writeFile(path, `${await readFile(path, 'utf8')}/* ${process.hrtime.bigint()} */\n`)
  }

  /** Adds suites with one test, which only reads the guest's version. */
  async addSuites(count: number): Promise<string[]> {
    const folder = join(this.#folder.path, 'suites')
    const names = Array.from({ length: count }, (_, index) => `bench-${index}`)
    for (const name of names) await writeFile(join(folder, `${name}.suite.ts`), SUITE)
    return names
  }

  /**
   * @returns the duration of `modprove run` in milliseconds
   * @throws ModproveError `RUN_FAILED`: the duration of a failed run is meaningless
   */
  async run(args: readonly string[], signal: AbortSignal): Promise<number> {
    const $ = script({ cwd: this.#folder.path, signal })
    let failure = ''
    const ms = await timed(async () => {
      const ended = await $`node ${commandFile} run ${args}`.nothrow()
      if (!ended.ok) failure = ended.stdall
    })
    signal.throwIfAborted()
    if (failure === '') return ms
    const record = await this.#keepRecord()
    const lines = failure.trimEnd().split('\n')
    const words = `modprove run ${args.join(' ')} did not pass: ${lines.at(-1)}`
    throw harnessError('RUN_FAILED', words, {
      detail: lines.slice(-TAIL_LINES).join('\n'),
      ...(record === undefined ? {} : { remedy: `modprove report ${record}` }),
    })
  }

  /** Keeps a failed run's record. @returns its name; undefined if the run made none */
  async #keepRecord(): Promise<string | undefined> {
    const records = join(this.#folder.path, '.modprove/runs')
    const folder = await findRecord('latest', records).catch(() => undefined)
    if (folder === undefined) return undefined
    const name = basename(folder)
    await cp(folder, join(recordsOf(this.#project), name), { recursive: true })
    return name
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]()
  }
}

const SUITE = `import { suite } from 'modprove'

const test = suite('of one test', {})

test('the guest tells its version', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
`
