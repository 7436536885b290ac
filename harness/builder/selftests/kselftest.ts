import { mkdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { failureError, ModproveError } from '../../platform/errors.js'
import { filesBelow } from '../../platform/files/files-below.js'
import { secondsHere } from '../../platform/host/host-slowness.js'
import { script } from '../../platform/process/script.js'
import { during } from '../../platform/terminal/progress.js'
import { buildEnvironment, compilerVersion } from '../compiler.js'
import { contentKey } from '../hash.js'
import { librariesOf } from '../image/libraries.js'
import { withSource, type KernelSource, type OpenSource } from '../kernels/kernel-source.js'
import { compilerErrors } from '../modules/compiler-lines.js'
import { stored } from '../store.js'
import type { Work } from '../types.js'
import { KEPT_DAYS, SELFTESTS, selftestTargets, unknownTarget } from './targets.js'

/** Increment when these scripts build something else from the same source. */
const RECIPE = 2
const FILES = 'files'
const SECONDS = 30
const JOBS = `-j${availableParallelism()}`
/** kselftest/runner.sh: seconds that a program may take unless its `settings` say more. */
const DEFAULT_TIMEOUT_S = 45

/** A target of tools/testing/selftests, built for the guest. */
export interface Kselftest {
  /** Host folder with the programs, and the files that they need beside them. */
  readonly folder: string
  /** Names of the programs to run, in this order. */
  readonly programs: readonly string[]
  /** Paths of all files in the folder. */
  readonly files: readonly string[]
  /** Shared libraries: path in the guest → file on this host. */
  readonly libraries: Readonly<Record<string, string>>
  /** Seconds that each program may take; 0 where the target sets no limit. */
  readonly timeoutS: number
  /** What its `config` asks of the kernel: `CONFIG_SW_SYNC=y` */
  readonly options: readonly string[]
  /** Told with what fails or is skipped: what a kernel lacks of `options`. */
  readonly advice?: string
}

/** Why a target was not built; only its suite fails. */
export interface BrokenKselftest {
  readonly code: string
  /** `usage` where the kernel has no such target. */
  readonly outcome: 'usage' | 'failed'
  readonly message: string
  readonly detail?: string | undefined
  readonly remedy?: string | undefined
}

const built = z.object({
  programs: z.array(z.string()),
  timeoutS: z.number(),
  options: z.array(z.string()),
})

/** Builds a target of a kernel's own tests from its source, or takes it from the cache. */
export async function requireKselftest(
  source: KernelSource,
  target: string,
  work: Work,
): Promise<Kselftest | BrokenKselftest> {
  try {
    const targets = await selftestTargets(source, work)
    if (!Object.hasOwn(targets, target)) throw unknownTarget(target, targets, source)
    return await builtTarget(source, target, work)
  } catch (error) {
    work.signal.throwIfAborted()
    if (!(error instanceof ModproveError) || !OWN.includes(error.code)) throw error
    const { code, message, detail, remedy } = error
    const outcome = error.outcome === 'usage' ? 'usage' : 'failed'
    return { code, outcome, message, detail, remedy }
  }
}

const OWN = ['NO_SOURCE', 'UNKNOWN_KSELFTEST', 'KSELFTEST_DOES_NOT_BUILD', 'MISSING_LIBRARY']

async function builtTarget(source: KernelSource, target: string, work: Work): Promise<Kselftest> {
  const title = `kselftest ${target} of ${source.release}`
  const compiler = await compilerVersion()
  const key = contentKey({ recipe: String(RECIPE), source: source.id, target, compiler })
  const usually = await secondsHere(SECONDS)
  const { folder, value } = await stored(
    {
      kind: 'selftests',
      key,
      title,
      hashed: 'all',
      keptDays: KEPT_DAYS,
      valueFrom: json => built.safeParse(json).data,
      make: folder =>
        withSource(
          source,
          `building ${title}`,
          open =>
            during(work.progress, `building ${title}`, usually, () =>
              build({ ...open, folder, target, title }, work),
            ),
          work,
        ),
    },
    work,
  )
  const files = await filesBelow(join(folder, FILES))
  const libraries = new Map<string, string>()
  for (const file of files)
    for (const [path, host] of await librariesOf(join(folder, FILES, file)))
      libraries.set(path, host)
  return { folder: join(folder, FILES), ...value, files, libraries: Object.fromEntries(libraries) }
}

interface BuildFolders extends OpenSource {
  /** Gets a folder of programs and files. */
  readonly folder: string
  readonly target: string
  readonly title: string
}

/** What lib.mk knows of a target, a line each. */
const LISTS = [
  'modprove-programs:; @printf "%s\\n" $(TEST_GEN_PROGS) $(TEST_CUSTOM_PROGS) $(TEST_PROGS)',
  'modprove-files:; @printf "%s\\n" $(TEST_FILES) $(TEST_GEN_FILES) $(TEST_PROGS_EXTENDED) $(TEST_GEN_PROGS_EXTENDED)',
].map(rule => `--eval=${rule}`)

async function build(
  { tree, outputs, stillSame, folder, target, title }: BuildFolders,
  { signal }: Work,
): Promise<z.infer<typeof built>> {
  // Kept as long as the source is: the next target needs them, too.
  const headers = join(outputs, 'build-headers')
  const [output, files] = [join(folder, 'output'), join(folder, FILES)]
  const own = join(tree, SELFTESTS, target)
  const $ = script({
    cwd: own,
    signal,
    env: {
      ...buildEnvironment(outputs),
      // Some targets of old kernels do not ask for the kernel's own headers.
      C_INCLUDE_PATH: `${headers}/usr/include`,
    },
  })
  for (const path of [headers, output, files]) await mkdir(path, { recursive: true })
  const run = async (...command: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await $`${command}`.nothrow()
    signal.throwIfAborted()
    if (exitCode === 0) return stdout
    throw failureError('KSELFTEST_DOES_NOT_BUILD', `${title} does not build on this host`, {
      ...compilerErrors(`${stdout}\n${stderr}`),
      remedy: `Install the libraries' development packages that it needs, or leave it out`,
    })
  }
  const make = (...words: readonly string[]) => run('make', '--no-print-directory', ...words)
  await make('-C', tree, JOBS, `O=${headers}`, 'ARCH=x86_64', 'headers')
  const how = [`OUTPUT=${output}`, `KHDR_INCLUDES=-isystem ${headers}/usr/include`, 'CC=gcc']
  await make(JOBS, ...how, 'all')
  const listed = async (rule: string): Promise<string[]> =>
    (await make('-s', ...how, ...LISTS, rule)).split('\n').filter(line => line !== '')
  const programs = await listed('modprove-programs')
  const others = await listed('modprove-files')
  for (const path of [...programs, ...others]) await run('cp', '-rL', path, files)
  const settings = await readFile(join(own, 'settings'), 'utf8').catch(() => '')
  const timeoutS = Number(/^timeout=(\d+)/m.exec(settings)?.[1] ?? DEFAULT_TIMEOUT_S)
  const config = await readFile(join(own, 'config'), 'utf8').catch(() => '')
  const options = config.match(/^CONFIG_\w+=[ym]$/gm) ?? []
  await rm(output, { recursive: true })
  await stillSame()
  return { programs: programs.map(path => basename(path)), timeoutS, options: [...options] }
}
