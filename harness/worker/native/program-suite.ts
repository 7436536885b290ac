import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { failureError, usageError } from '../../platform/errors.js'
import { wrongFile } from '../../platform/files/checked-json.js'
import { isThere } from '../../platform/files/is-there.js'
import { readProgramHeader, type ProgramHeader } from '../../project/program-header.js'
import { namedSuite } from '../../project/suite-names.js'
import type { SuiteDefinition, SuiteOptions } from '../../suite-api/registry.js'
import { programSuite } from './run-program.js'

const EXECUTABLE = 0o111

/** As the command line and reports call it. */
const nameOf = (file: string): string => namedSuite(file)?.rest ?? basename(file)

/**
 * The suite of a C program.
 * @throws ModproveError `CONFIGURATION` for a wrong header, or one that names what is not there
 */
export async function cSuite(file: string, title: string): Promise<SuiteDefinition> {
  const header = readProgramHeader(await readFile(file, 'utf8'), title, 'suite')
  const { sources = [], include = [] } = header
  const missing: string[] = []
  for (const path of [...sources, ...include])
    if (!(await isThere(join(dirname(file), path)))) missing.push(path)
  if (missing.length > 0)
    throw wrongFile(
      title,
      missing.map(path => `its comment "modprove: …" names ${path}, which is not beside it`),
    )
  return programSuite(nameOf(file), optionsOf(header), async (guest, run) => {
    await run([guest.programPath(basename(file, '.c'))], basename(file))
  })
}

/**
 * The suite of a script.
 * @throws ModproveError `CONFIGURATION` for a wrong header, `NOT_EXECUTABLE` without its run bit,
 *   `SCRIPT_TEXT` for a text that no shell runs
 */
export async function scriptSuite(file: string, title: string): Promise<SuiteDefinition> {
  const { mode } = await stat(file)
  if ((mode & EXECUTABLE) === 0)
    throw usageError('NOT_EXECUTABLE', `${title} has no run bit: it cannot be run`, {
      remedy: `chmod +x ${title}`,
    })
  const content = await readFile(file)
  requireScript(content.toString(), title)
  const header = readProgramHeader(content.toString(), title, 'script')
  const [, interpreter] = /^#!\s*(\S+)/.exec(content.toString()) ?? []
  const inGuest = `/tmp/${basename(file)}`
  return programSuite(nameOf(file), optionsOf(header), async (guest, run) => {
    if (interpreter !== undefined && !(await guest.exists(interpreter)))
      throw failureError(
        'NO_INTERPRETER',
        `${title} needs ${interpreter}, which is not in the guest`,
        {
          remedy: "Begin it with #!/bin/sh: that is busybox's",
        },
      )
    await guest.upload(inGuest, content, 0o755)
    // A C program buffers its stdout, and would tear its lines.
    await run([inGuest], basename(file), { mixed: true })
  })
}

function requireScript(text: string, title: string): void {
  if (text.trim() === '')
    throw usageError('SCRIPT_TEXT', `${title} is empty: it prints no result`, {
      remedy:
        'Write what prints TAP: #!/bin/sh, echo 1..1, and for a test that passes: echo ok 1 - its name',
    })
  if (text.includes('\r\n'))
    throw usageError(
      'SCRIPT_TEXT',
      `${title} has Windows line ends (CRLF), which a shell takes for a part of its words`,
      { remedy: `sed -i 's/\\r$//' ${title}` },
    )
}

function optionsOf({ modules, timeout, flavour, since, until }: ProgramHeader): SuiteOptions {
  return {
    ...(modules && { modules: modules.map(name => ({ name })) }),
    ...(timeout && { timeoutMs: timeout * 1000 }),
    needs: {
      ...(flavour && { flavours: flavour }),
      ...(since && { since }),
      ...(until && { until }),
    },
  }
}
