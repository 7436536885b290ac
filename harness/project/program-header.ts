import { z } from 'zod'
import { checkValue, textLike } from '../platform/files/checked-json.js'
import { kernelSeries } from './kernel-fields.js'

const list = (expected: string) =>
  textLike(/^[^\s,]+(,[^\s,]+)*$/, expected).transform(text => text.split(','))

/** How a C program is built; paths are relative to its folder. */
const build = {
  sources: list('files: lib/a.c,lib/b.c')
    .optional()
    .describe('further C files of the program: `lib/a.c,lib/b.c`'),
  cflags: textLike(/^[^\n]+$/, 'options of gcc')
    .transform(text => text.split(/\s+/))
    .optional()
    .describe('options of gcc, also `-lNAME`: `cflags="-DROUNDS=9 -lm"`'),
  include: list('folders: ../common')
    .optional()
    .describe('folders with headers that it includes: `../common`'),
}

/** When and how a suite runs. */
const run = {
  modules: list('modules: core,driver')
    .optional()
    .describe('modules that are loaded before it, in this order: `core,driver`'),
  timeout: textLike(/^[1-9]\d*$/, 'seconds')
    .transform(Number)
    .optional()
    .describe('seconds that it may take on KVM, more on an emulated machine; default: 30'),
  flavour: list('flavours: debug')
    .optional()
    .describe('flavours that it runs on; it is skipped on others: `debug,race`'),
  since: kernelSeries().optional().describe('the first kernel series that it runs on: `6.1`'),
  until: kernelSeries().optional().describe('the last one'),
}

/** Fields of the comment `modprove: field=value …`, by what the file is. */
export const headerSchemas = {
  program: z.strictObject(build),
  script: z.strictObject(run),
  suite: z.strictObject({ ...run, ...build }),
}

export type ProgramHeader = z.output<typeof headerSchemas.suite>

const COMMENT = /^\s*(?:#|\/\/|\/\*|\*)\s*modprove:(.*?)(?:\*\/.*)?$/gm
const FIELD = /([^\s=]+)=("[^"]*"|\S*)|(\S+)/g

/**
 * Reads the comments `modprove: modules=ring timeout=60` of a C file or a script.
 *
 * @param file how messages name it
 * @throws ModproveError `CONFIGURATION`, with all mistakes and the nearest right names
 */
export function readProgramHeader(
  text: string,
  file: string,
  kind: keyof typeof headerSchemas,
): ProgramHeader {
  const fields: Record<string, string> = {}
  const also: string[] = []
  for (const [, line = ''] of text.matchAll(COMMENT))
    for (const [, name, value = '', word] of line.matchAll(FIELD)) {
      if (name === undefined) also.push(`"${word}" should be field=value`)
      else if (Object.hasOwn(fields, name)) also.push(`${name} is there twice`)
      else fields[name] = value.replaceAll('"', '')
    }
  const remedy = `Correct the comment "modprove: …" in ${file}`
  return checkValue(fields, file, headerSchemas[kind], { also, remedy })
}
