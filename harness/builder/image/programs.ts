import { readdir, readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { failureError, harnessError, ModproveError } from '../../platform/errors.js'
import { isThere } from '../../platform/files/is-there.js'
import { packageRoot } from '../../platform/files/package-root.js'
import type { Project } from '../../project/project.js'
import { script } from '../../platform/process/script.js'
import { compilerVersion } from '../compiler.js'
import { contentKey } from '../hash.js'
import { imagesFolder } from '../images.js'
import { librariesOf } from './libraries.js'
import { noValue, stored } from '../store.js'
import type { BrokenProgram, BuiltProgram, Work } from '../types.js'

const FLAGS = ['-O2', '-g', '-Wall', '-Wextra', '-pthread']
// No -Werror: users' compilers may be newer and warn of more. Our tests use it.
const AGENT_FLAGS = ['-static', '-O2', '-Wall', '-Wextra', '-pthread']
const HOST_FLAGS = ['-O2', '-Wall', '-Wextra']
const KEPT_DAYS = 7
const DOES_NOT_COMPILE = 'PROGRAM_DOES_NOT_COMPILE'

export interface ProgramsRequest extends Work {
  /** Its suites' folder holds the `.c` files, which may include headers of the modules. */
  readonly project: Pick<Project, 'root' | 'suites' | 'module'>
}

export interface Programs {
  readonly built: readonly BuiltProgram[]
  /** Only tests that use these programs fail. */
  readonly broken: readonly BrokenProgram[]
}

/** Compiles the suites' C programs for the guest, which uses this host's libraries. */
export async function requirePrograms(request: ProgramsRequest): Promise<Programs> {
  const { root, suites, module } = request.project
  if (!(await isThere(suites))) return { built: [], broken: [] }
  const folders = module.folders.map(({ name }) => join(module.root, name))
  const found = [suites, ...folders].map(folder => filesOf(folder, root, /\.h$/))
  const headers = Object.assign({}, ...(await Promise.all(found))) as FileContents
  const flags = [...FLAGS, ...folders.map(folder => `-I${relative(root, folder) || '.'}`)]
  const sources = Object.entries(await filesOf(suites, root, /\.c$/))
  const all = await Promise.all(
    sources.map(async ([title, source]): Promise<BuiltProgram | BrokenProgram> => {
      const name = basename(title, '.c')
      try {
        const files = { [title]: source, ...headers }
        const file = await compiled({ name, title, root, flags, files }, request)
        return { name, file, libraries: await librariesOf(file) }
      } catch (error) {
        if (!(error instanceof ModproveError) || error.code !== DOES_NOT_COMPILE) throw error
        return { name, message: error.message, detail: error.detail ?? '' }
      }
    }),
  )
  return {
    built: all.filter(program => 'file' in program),
    broken: all.filter(program => 'message' in program),
  }
}

/**
 * Compiles the guest's agent, static.
 * @throws ModproveError `AGENT_DOES_NOT_COMPILE` (exit 3)
 */
export async function requireAgent(work: Work): Promise<string> {
  const folder = join(imagesFolder, 'guest/agent')
  const title = relative(packageRoot, folder)
  const files = await filesOf(folder, packageRoot, /\.[ch]$/)
  return ours({ name: 'agent', title, flags: AGENT_FLAGS, files }, work, {
    code: 'AGENT_DOES_NOT_COMPILE',
    what: "The guest's agent does not compile",
    remedy: `Install libc6-dev (the agent is linked statically), or correct ${title}`,
  })
}

/**
 * Compiles a program of the harness for this host.
 * @throws ModproveError `HOST_PROGRAM_DOES_NOT_COMPILE` (exit 3)
 */
export async function requireHostProgram(name: string, file: string, work: Work): Promise<string> {
  const title = relative(packageRoot, file)
  const files = { [title]: await readFile(file) }
  return ours({ name, title, flags: HOST_FLAGS, files }, work, {
    code: 'HOST_PROGRAM_DOES_NOT_COMPILE',
    what: `${title} does not compile`,
    remedy: 'Install gcc and libc6-dev',
  })
}

/** A compile error in the harness's own code is not a test failure. */
async function ours(
  program: Omit<Program, 'root'>,
  work: Work,
  { code, what, remedy }: { readonly code: string; readonly what: string; readonly remedy: string },
): Promise<string> {
  try {
    return await compiled({ ...program, root: packageRoot }, work)
  } catch (cause) {
    if (!(cause instanceof ModproveError)) throw cause
    throw harnessError(code, what, { detail: cause.detail ?? '', remedy, cause })
  }
}

/** By path relative to the root. */
type FileContents = Readonly<Record<string, Buffer>>

const filesOf = async (folder: string, root: string, which: RegExp): Promise<FileContents> => {
  const names = (await readdir(folder)).filter(name => which.test(name)).sort()
  const files = names.map(async name => {
    const path = join(folder, name)
    return [relative(root, path), await readFile(path)] as const
  })
  return Object.fromEntries(await Promise.all(files))
}

interface Program {
  readonly name: string
  /** What messages call it: a path. */
  readonly title: string
  /** What paths in messages and debugging information are relative to. */
  readonly root: string
  readonly flags: readonly string[]
  /** Its sources, and headers that they may include. */
  readonly files: FileContents
}

async function compiled(
  { name, title, root, flags, files }: Program,
  { progress, signal }: Work,
): Promise<string> {
  const key = contentKey({
    compiler: await compilerVersion(),
    flags: flags.join(' '),
    ...files,
  })
  const sources = Object.keys(files).filter(path => path.endsWith('.c'))
  const make = async (folder: string) => {
    const $ = script({ cwd: root, signal, env: { TMPDIR: folder } })
    // Identical output for each checkout, as the cache goes by content.
    const here = `-ffile-prefix-map=${root}=.`
    const out = join(folder, name)
    const { exitCode, stderr } = await $`gcc ${flags} ${here} -o ${out} ${sources}`.nothrow()
    signal.throwIfAborted()
    if (exitCode === 0) return null
    throw failureError(DOES_NOT_COMPILE, `${title} does not compile`, {
      detail: stderr.trim(),
      remedy: `Correct ${title}`,
    })
  }
  const { folder } = await stored(
    {
      kind: 'programs',
      key: `${name}-${key}`,
      title,
      hashed: [name],
      keptDays: KEPT_DAYS,
      valueFrom: noValue,
      make,
    },
    { progress, signal },
  )
  return join(folder, name)
}
