import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { harnessError, ModproveError } from '../../platform/errors.js'
import { packageRoot } from '../../platform/files/package-root.js'
import { imagesFolder } from '../images.js'
import type { Work } from '../types.js'
import { compileProgram, filesOf, type Program } from './compile-program.js'

// No -Werror: users' compilers may be newer and warn of more. Our tests use it.
const AGENT_FLAGS = ['-static', '-O2', '-Wall', '-Wextra', '-pthread']
const HOST_FLAGS = ['-O2', '-Wall', '-Wextra']

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
    return await compileProgram({ ...program, root: packageRoot }, work)
  } catch (cause) {
    if (!(cause instanceof ModproveError)) throw cause
    throw harnessError(code, what, { detail: cause.detail ?? '', remedy, cause })
  }
}
