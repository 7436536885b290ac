import { readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { failureError, ModproveError } from '../../platform/errors.js'
import { isThere } from '../../platform/files/is-there.js'
import { readProgramHeader, type ProgramHeader } from '../../project/program-header.js'
import type { Project } from '../../project/project.js'
import { isCSuite } from '../../project/suite-names.js'
import type { BrokenProgram, BuiltProgram, Work } from '../types.js'
import { compileProgram, DOES_NOT_COMPILE, filesOf, type FileContents } from './compile-program.js'
import { librariesOf } from './libraries.js'

const FLAGS = ['-O2', '-g', '-Wall', '-Wextra', '-pthread']
const WRONG_HEADER = 'CONFIGURATION'

export interface ProgramsRequest extends Work {
  /** Its suites' folder holds the `.c` files, which may include headers of the modules. */
  readonly project: Pick<Project, 'root' | 'suites' | 'module'>
}

export interface Programs {
  readonly built: readonly BuiltProgram[]
  /** Only tests that use these programs fail. */
  readonly broken: readonly BrokenProgram[]
}

/**
 * Compiles the suites' C programs for the guest, which uses this host's libraries. A file that
 * another's header names in `sources` is a part of that one.
 */
export async function requirePrograms(request: ProgramsRequest): Promise<Programs> {
  const { root, suites, module } = request.project
  if (!(await isThere(suites))) return { built: [], broken: [] }
  const folders = [suites, ...module.folders.map(({ name }) => join(module.root, name))]
  const headers = await headersIn(folders, root)
  const flags = [...FLAGS, ...folders.slice(1).map(folder => includeOption(folder, root))]
  const files = await filesOf(suites, root, /\.c$/)
  const read = Object.keys(files).map(title => ({ title, header: headerOf(title, files) }))
  const parts = new Set(
    read.flatMap(({ header }) => {
      const { sources = [] } = header instanceof ModproveError ? {} : header
      return sources.map(path => relative(root, join(suites, path)))
    }),
  )
  const all = await Promise.all(
    read
      .filter(({ title }) => !parts.has(title))
      .map(async ({ title, header }): Promise<BuiltProgram | BrokenProgram> => {
        const name = basename(title, '.c')
        try {
          if (header instanceof ModproveError) throw header
          const own = await ownParts(header, title, request.project)
          const sources = { [title]: files[title] ?? Buffer.of(), ...headers, ...own.files }
          const program = { name, title, root, flags: [...flags, ...own.flags], files: sources }
          const lastFlags = header.cflags ?? []
          const file = await compileProgram({ ...program, lastFlags }, request)
          return { name, file, libraries: await librariesOf(file) }
        } catch (error) {
          if (!(error instanceof ModproveError) || !BROKEN_CODES.includes(error.code)) throw error
          return { name, message: error.message, detail: error.detail ?? error.remedy ?? '' }
        }
      }),
  )
  return {
    built: all.filter(program => 'file' in program),
    broken: all.filter(program => 'message' in program),
  }
}

const BROKEN_CODES: readonly string[] = [DOES_NOT_COMPILE, WRONG_HEADER]

const includeOption = (folder: string, root: string): string => `-I${relative(root, folder) || '.'}`

const headersIn = async (folders: readonly string[], root: string): Promise<FileContents> =>
  Object.assign(
    {},
    ...(await Promise.all(folders.map(folder => filesOf(folder, root, /\.h$/)))),
  ) as FileContents

/** What a program's header says, or that it is wrong: then this program alone is broken. */
function headerOf(title: string, files: FileContents): ProgramHeader | ModproveError {
  try {
    const kind = isCSuite(title) ? 'suite' : 'program'
    return readProgramHeader((files[title] ?? '').toString(), title, kind)
  } catch (error) {
    if (error instanceof ModproveError) return error
    throw error
  }
}

/** The further sources and include folders of a program. */
async function ownParts(
  { sources = [], include = [] }: ProgramHeader,
  title: string,
  { root, suites }: ProgramsRequest['project'],
): Promise<{ readonly files: FileContents; readonly flags: readonly string[] }> {
  const folders = include.map(path => join(suites, path))
  for (const path of [...sources.map(path => join(suites, path)), ...folders])
    if (!(await isThere(path)))
      throw failureError(DOES_NOT_COMPILE, `${title} does not compile`, {
        detail: `its comment "modprove: …" names ${relative(root, path)}, which does not exist`,
      })
  const files = sources.map(async path => {
    const file = join(suites, path)
    return [relative(root, file), await readFile(file)] as const
  })
  return {
    files: { ...(await headersIn(folders, root)), ...Object.fromEntries(await Promise.all(files)) },
    flags: folders.map(folder => includeOption(folder, root)),
  }
}
