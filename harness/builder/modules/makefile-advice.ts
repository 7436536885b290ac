import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { escapeRegExp } from '../../platform/text/text.js'
import { configName } from '../../project/config-place.js'
import type { Project } from '../../project/project.js'
import { pathsWithin } from '../../project/module-sources.js'
import type { BuildFolder } from './module-output.js'

type Configured = Pick<Project, 'configFile' | 'module'>

/** Kbuild reads `Kbuild`, else `Makefile`. Undefined if neither exists. */
const makefileOf = (folder: string): string | undefined =>
  ['Kbuild', 'Makefile'].find(name => existsSync(join(folder, name)))

const textOf = async (folder: string, file: string): Promise<string> =>
  (await readFile(join(folder, file), 'utf8')).replaceAll(/\\\n/g, ' ')

/** Explains why a folder's makefile builds no module. */
export async function whyNoModule(
  { build, name, tree }: BuildFolder,
  project: Configured,
): Promise<string> {
  const folder = join(build, name)
  const sources = (await readdir(folder)).filter(file => /(?<!\.mod)\.c$/.test(file)).sort()
  const object = `${(sources[0] ?? 'driver.c').slice(0, -2)}.o`
  const add = `obj-m += ${object}`
  const file = makefileOf(folder)
  if (file === undefined)
    return `${name}/ has neither a Kbuild nor a Makefile. Write ${join(name, 'Kbuild')} with the line: ${add}`
  const text = await textOf(folder, file)
  const config = await readFile(join(tree, '.config'), 'utf8').catch(() => '')
  for (const [line, option = ''] of text.matchAll(/^obj-\$\((CONFIG_\w+)\).*$/gm)) {
    if (new RegExp(`^${option}=m$`, 'm').test(config)) continue
    const set = new RegExp(`^${option}=(.*)$`, 'm').exec(config)?.[1]
    const is = set === undefined ? 'is not set' : `is ${set}`
    return `${join(name, file)} has "${line.trim()}", and ${option} ${is} in this kernel, not m. Write obj-m in its place, or in ${configName(project)}: ${makeLine(name, project, { [option]: 'm' })}`
  }
  if (/^obj-y\b/m.test(text))
    return `${join(name, file)} has obj-y, which is for code inside of the kernel. Write obj-m in its place`
  const [, below] = /^obj-m\b.*=(?:.*\s)?([^\s/]+)\/(?:\s|$)/m.exec(text) ?? []
  if (below !== undefined) return whyNoModule({ build, name: join(name, below), tree }, project)
  const lines = text.split('\n').map(line => line.trim())
  const at = lines.findIndex(line => /^obj-m\s*[:+?]?=.*\.o\b/.test(line))
  const condition = lines.slice(0, Math.max(at, 0)).findLast(line => CONDITION.test(line))
  if (condition !== undefined)
    return `${join(name, file)}:${at + 1} has "${lines[at]}" below "${condition}", which does not hold. Write it outside, or set what that asks for by "make" of "module" in ${configName(project)}`
  return `${join(name, file)} names no module. Add the line: ${add}`
}

const CONDITION = /^ifn?(?:eq|def)\b/

/** Variables of make that the configuration gives a folder. */
const makeOf = (folder: string, { module }: Configured): Readonly<Record<string, string>> =>
  module.folders.find(({ name }) => name === folder)?.make ?? {}

/** The line of the configuration for more of them. */
const makeLine = (
  folder: string,
  project: Configured,
  needed: Readonly<Record<string, string>>,
): string => {
  const make = { ...makeOf(folder, project), ...needed }
  return `"module": ${JSON.stringify({ folder, make })}`
}

/** `Makefile:3: *** set VERSION=1.2.  Stop.`: make's $(error). */
const STOPPED = /^(\S+):(\d+): \*\*\* (.*)\.  Stop\.$/gm
/** The test before it. */
const IS_EMPTY = /^\s*(?:ifndef\s+(\w+)|ifeq\s*\(\s*\$\((?:strip\s+\$\()?(\w+)\)*\s*,\s*\))/gm
/** Lines whose variables the compiler sees. */
const FLAGS = /^[^#\n]*\b(?:ccflags-\S+|EXTRA_CFLAGS|CFLAGS_\S+?)\s*[:+?]?=(.*)$/gm
/** What Kbuild sets. */
const OF_KBUILD =
  /^(?:[a-z]\w*|M|CC|LD|ARCH|SRCARCH|KERNEL\w+|VERSION|PATCHLEVEL|SUBLEVEL|PWD|CURDIR|MAKE|KBUILD_\w+|CONFIG_\w+)$/

/** One line for the variables that a folder's makefile needs, and nothing sets. */
export async function unsetVariables(
  output: string,
  { build, name }: BuildFolder,
  project: Configured,
): Promise<string[]> {
  const file = makefileOf(join(build, name))
  if (file === undefined) return []
  const text = await readFile(join(build, name, file), 'utf8')
  const needed: Record<string, string> = {}
  for (const [, stopped, line, why = ''] of output.matchAll(STOPPED)) {
    if (stopped !== join(name, file)) continue
    const above = text.split('\n').slice(0, Number(line)).join('\n')
    const [, undefined_, empty] = [...above.matchAll(IS_EMPTY)].at(-1) ?? []
    const variable = undefined_ ?? empty
    if (variable === undefined) continue
    needed[variable] = new RegExp(`\\b${variable}=([\\w.+-]+)`).exec(why)?.[1] ?? '…'
  }
  for (const [, flags = ''] of text.replaceAll(/\\\n/g, ' ').matchAll(FLAGS))
    for (const [, variable = ''] of flags.matchAll(/\$[({](\w+)[)}]/g)) {
      const isSet =
        variable in makeOf(name, project) ||
        new RegExp(`\\b${variable}\\s*(?:::?|[+?!])?=`).test(text)
      if (!isSet && !OF_KBUILD.test(variable)) needed[variable] ??= '…'
    }
  const names = Object.keys(needed)
  if (names.length === 0) return []
  return [
    `${join(name, file)} uses ${names.join(' and ')}, which nothing sets. Write in ${configName(project)}: ${makeLine(name, project, needed)}`,
  ]
}

/** Variables that Kbuild once read, and their replacements. */
const OLD_FLAGS = {
  EXTRA_CFLAGS: 'ccflags-y',
  EXTRA_AFLAGS: 'asflags-y',
  EXTRA_LDFLAGS: 'ldflags-y',
}

/** One line per variable that this kernel's Kbuild ignores (EXTRA_CFLAGS, from 6.15 on). */
export async function ignoredFlags({ build, name, tree }: BuildFolder): Promise<string[]> {
  const folder = join(build, name)
  const kbuild = await readFile(join(tree, 'scripts/Makefile.lib'), 'utf8').catch(() => undefined)
  if (kbuild === undefined) return []
  const advice: string[] = []
  const files = (await readdir(folder, { recursive: true })).sort()
  for (const file of files.filter(path => /(^|\/)(Kbuild|Makefile)$/.test(path))) {
    const text = await textOf(folder, file)
    for (const [old, now] of Object.entries(OLD_FLAGS)) {
      if (
        kbuild.includes(old) ||
        !new RegExp(`^\\s*(export\\s+)?${old}\\s*[:+?]?=`, 'm').test(text)
      )
        continue
      advice.push(
        `${join(name, file)}: this kernel's Kbuild ignores ${old}. Write ${now} in its place`,
      )
    }
  }
  return advice
}

/** One line per object in a makefile without a source file. */
export const missingSources = (output: string, { name }: BuildFolder): string[] =>
  [...output.matchAll(/No rule to make target '(?:[^']*\/)?([^'/]+)\.o'/g)].map(
    ([, stem]) => `A makefile names ${stem}.o, but ${name}/ has no ${stem}.c to build it from`,
  )

const MISSING_HEADER = /^(\S+?):\d+(?::\d+)?: fatal error: (\S+): No such file or directory$/gm

/** One line per missing header with a rule that Kbuild does not run, as no object depends on it. */
export async function missingHeaders(
  output: string,
  { build, name }: BuildFolder,
): Promise<string[]> {
  const folder = join(build, name)
  const advice = new Set<string>()
  for (const [, by = '', header = ''] of output.matchAll(MISSING_HEADER)) {
    const [source] = pathsWithin(folder, [join(build, by)])
    if (source === undefined) continue
    for (const file of ['Kbuild', 'Makefile'].filter(file => existsSync(join(folder, file)))) {
      const mention = new RegExp(`^[^#\\n]*(?<![\\w-])${escapeRegExp(header)}(?![\\w-]).*$`, 'm')
      const line = mention.exec(await textOf(folder, file))?.[0].trim()
      if (line === undefined) continue
      const object = source.replace(/\.[cS]$/, '.o')
      advice.add(
        `${join(name, file)} makes ${header} ("${line}"), and Kbuild makes only what an object depends on. ` +
          `Write $(obj)/${object}: $(obj)/${header}, and make $(obj)/${header}; or keep ${header} in ${name}/`,
      )
      break
    }
  }
  return [...advice]
}
