import pc from '../platform/terminal/colours.js'
import {
  allReleases,
  builtKernels,
  debianSource,
  kernelKey,
  loadCatalogue,
  loadDistributions,
  loadFlavours,
  type Flavour,
  type KernelSource,
} from '../builder/index.js'
import { EXIT, ModproveError } from '../platform/errors.js'
import type { Project } from '../project/project.js'
import type { Invocation } from './invocation.js'
import { reportError } from './report-error.js'

export interface KernelsOptions {
  refresh?: boolean
  all?: boolean
}

const NAME_WIDTH = 11
const SUITE_WIDTH = 19

export async function execute({
  options,
  terminal,
  signal,
  project,
}: Invocation<KernelsOptions>): Promise<number> {
  const write = (line: string): void => terminal.write(`${line}\n`)
  const work = { signal, progress: terminal }
  const refresh = { refresh: options.refresh ?? false }
  const flavours = await loadFlavours(await projectIfAny(project))
  const builtHere = flavours.filter(({ kernels }) => kernels !== 'prebuilt')
  const shown = new Set<string>()
  let exitCode: number = EXIT.passed
  for (const series of await loadCatalogue()) {
    const { name, suites, notes } = series
    const asked = options.all === true ? series : { ...series, olderSuites: [] }
    write(`${pc.bold(name)}  ${series.package}  ${pc.dim(notes)}`)
    const releases = await allReleases(asked, work, refresh).catch((error: unknown) => {
      signal.throwIfAborted()
      if (!(error instanceof ModproveError)) throw error
      exitCode = reportError(error)
      return []
    })
    const newestFirst = [...releases].reverse()
    const [newest] = newestFirst.filter(({ suite }) => suites.includes(suite))
    for (const source of newestFirst) {
      const { built, keys } = await builtFlavours(debianSource(source), builtHere)
      for (const key of keys) shown.add(key)
      const columns = [
        source.release.padEnd(NAME_WIDTH),
        (source === newest ? 'newest' : '').padEnd(NAME_WIDTH),
        source.suite.padEnd(SUITE_WIDTH),
        built.length === 0 ? pc.dim('not built') : `built: ${built.join(' ')}`,
      ]
      write(`  ${columns.join('')}`)
    }
  }
  write(pc.bold('as distributions ship them'))
  for (const { name, images, notes } of await loadDistributions()) {
    const [first = '', ...kinds] = Object.keys(images)
    const words = [`distro:${name}`, ...kinds.map(kind => `distro:${name}/${kind}`)]
    write(`  ${words.join('  ')}  ${pc.dim(`${first}. ${notes}`)}`)
  }
  const ofPrebuilt = flavours
    .filter(({ kernels }) => kernels === 'prebuilt')
    .map(({ name }) => name)
  const unshown = (await builtKernels()).filter(({ name }) => !shown.has(name))
  const prebuilt = unshown.filter(({ flavour }) => ofPrebuilt.includes(flavour))
  for (const { folder, release, word = release } of prebuilt) write(`  ${word} in ${folder}`)
  const others = unshown.filter(kernel => !prebuilt.includes(kernel))
  if (others.length > 0) write(pc.bold('built of another configuration or source'))
  for (const { folder } of others) write(`  ${folder}`)
  write(`flavours: ${flavours.map(({ name }) => name).join(', ')}`)
  return exitCode
}

/** Outside a project, kernels are as `images/` alone describes them. */
async function projectIfAny(project: Invocation<unknown>['project']): Promise<Project | undefined> {
  try {
    return await project()
  } catch (error) {
    if (error instanceof ModproveError && error.code === 'NO_PROJECT') return undefined
    throw error
  }
}

async function builtFlavours(source: KernelSource, flavours: readonly Flavour[]) {
  const built: string[] = []
  const keys: string[] = []
  for (const flavour of flavours) {
    const { key, isBuilt } = await kernelKey(source, flavour)
    keys.push(key)
    if (isBuilt) built.push(flavour.name)
  }
  return { built, keys }
}
