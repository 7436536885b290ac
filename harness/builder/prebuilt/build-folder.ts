import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { isThere } from '../../platform/files/is-there.js'
import { script } from '../../platform/process/script.js'
import { optionsIn } from '../../platform/text/kernel-config.js'
import { builtSource } from '../../project/built-source.js'
import { contentKey } from '../hash.js'

/** Of what is missing or was changed. */
const SHOWN = 5
export const IMAGE = 'arch/x86/boot/bzImage'
export const RELEASE = 'include/config/kernel.release'
/** What it was built with, which `.config` may no longer say. */
const CONFIG = 'include/config/auto.conf'
/** What a finished `make` leaves. */
const PARTS = [
  ...[CONFIG, RELEASE, IMAGE, 'System.map', 'Module.symvers', 'scripts/mod/modpost'],
  ...['modules.order', 'modules.builtin'],
]

/** @throws ModproveError `NOT_BUILT` with what is missing */
export async function requireWhole(path: string, output: string, config: string): Promise<void> {
  const order = await readFile(join(output, 'modules.order'), 'utf8').catch(() => '')
  const missing: string[] = []
  for (const part of [...PARTS, ...modulesIn(order)])
    if (!(await isThere(join(output, part)))) missing.push(part)
  if (missing.length > 0) throw unfinished(path, `it has no ${some(missing)}`)
  const [built, said] = [optionsIn(await readFile(join(output, CONFIG), 'utf8')), optionsIn(config)]
  const changed = [...built, ...said].filter(option => !built.has(option) || !said.has(option))
  if (changed.length > 0) throw unfinished(path, `its .config was changed since (${some(changed)})`)
}

const some = (names: readonly string[]): string => {
  const more = names.length - SHOWN
  return `${names.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Modules of a `modules.order`, which names them by their objects from 6.2 on. */
export const modulesIn = (order: string): string[] =>
  order.split('\n').flatMap(line => (line === '' ? [] : [line.replace(/\.o$/, '.ko')]))

/** From sizes and times of what is copied: a build is too large to be read each time. */
export async function contentOf(output: string, signal: AbortSignal): Promise<string> {
  const source = await builtSource(output)
  const $ = script({ cwd: output, signal })
  const { stdout: built } =
    await $`find . -type f '(' -name '*.ko' -o -name '*.h' -o -path './scripts/*' -o -regex '[.]/[^/]*' ')' -printf '%p %s %T@\n' | sort`
  const { stdout: headers } =
    await $`find ${source}/include ${source}/arch/x86/include -type f -printf '%p %s %T@\n' | sort`
  const { size, mtimeMs } = await stat(join(output, IMAGE))
  return contentKey({ output, built, headers, image: `${size} ${mtimeMs}` })
}

export const notBuilt = (path: string, why: string, cause?: unknown) =>
  usageError('NOT_BUILT', `built:${path} holds no kernel that is built: ${why}`, {
    remedy:
      'Name the folder of a finished `make`, or its source as path:FOLDER, which is built here',
    cause,
  })

const unfinished = (path: string, why: string) =>
  usageError('NOT_BUILT', `built:${path} is not built to the end: ${why}`, {
    remedy: `Finish it by make -C ${path}, or name its source as path:FOLDER, which is built here`,
  })
