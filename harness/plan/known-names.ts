import { readFile } from 'node:fs/promises'
import { parameterNames } from '../builder/index.js'
import { kernelName } from '../contract/kernel-name.js'
import { usageError } from '../platform/errors.js'
import { didYouMean } from '../platform/names/did-you-mean.js'
import { inRange } from '../platform/text/series-range.js'
import { configPlace } from '../project/config-place.js'
import type { ExpectedFailure } from '../project/expected-failures.js'
import type { Project } from '../project/project.js'

/** Every module has these: kernel/module/main.c, unknown_module_param_cb() */
const OF_ALL_MODULES = ['async_probe', 'dyndbg']

interface NamedModule {
  readonly name: string
  /** Of those that are built here; what the kernel's own take is known when they are loaded. */
  readonly ko?: string
}

/**
 * Checks the names in a configuration that are known when its modules are built.
 *
 * @param xfail what is expected of this kernel
 * @throws ModproveError `CONFIGURATION` with all that name no module or parameter, and their lines
 */
export async function requireKnownNames(
  project: Pick<Project, 'configFile' | 'parameters' | 'xfail'>,
  xfail: readonly ExpectedFailure[],
  modules: readonly NamedModule[],
): Promise<void> {
  const names = modules.map(({ name }) => name)
  const mistakes: string[] = []
  const refuse = async (...refused: Refused) =>
    void mistakes.push(await refusalOf(project, ...refused))
  for (const [name, given] of Object.entries(project.parameters)) {
    const module = modules.find(each => each.name === name)
    if (module === undefined)
      await refuse(`parameters.${name}`, name, `no module ${name} is built`, names)
    if (module?.ko === undefined) continue
    const known = parameterNames(await readFile(module.ko))
    for (const parameter of Object.keys(given))
      if (![...known, ...OF_ALL_MODULES].includes(kernelName(parameter)))
        await refuse(
          `parameters.${name}.${parameter}`,
          parameter,
          `${name} has no such parameter`,
          known,
        )
  }
  for (const entry of xfail)
    if (entry.what === 'load' && !names.includes(entry.module))
      await refuse(
        `xfail[${project.xfail.indexOf(entry)}].module`,
        entry.module,
        `no module ${entry.module} is built`,
        names,
      )
  refuseAll(project, mistakes, 'The configuration names what the modules do not have')
}

/**
 * @throws ModproveError `CONFIGURATION` with all entries of `xfail` whose suite is not there; of a
 *   suite that is, its end tells which name no test
 */
export async function requireKnownSuites(
  project: Pick<Project, 'configFile' | 'xfail'>,
  suites: readonly string[],
): Promise<void> {
  const mistakes: string[] = []
  for (const [at, entry] of project.xfail.entries()) {
    if (entry.what !== 'test') continue
    const name = entry.name.replace(/: .*$/s, '')
    if (suites.includes(name)) continue
    mistakes.push(
      await refusalOf(project, `xfail[${at}].name`, name, `no suite is named ${name}`, suites),
    )
  }
  refuseAll(project, mistakes, 'The configuration expects failures of suites that are not there')
}

/** A line for each entry of `xfail` that no known series is in the range of. */
export async function rangesOfNone(
  project: Pick<Project, 'configFile' | 'xfail'>,
  series: readonly string[],
): Promise<string[]> {
  const lines = project.xfail.map(async ({ kernels = '' }, at) => {
    if (kernels === '' || series.some(name => inRange(name, kernels))) return []
    const place = await configPlace(project, `xfail[${at}].kernels`, kernels)
    return `${place}: no series that is built here is of ${kernels} (${series.join(', ')}): it is for other kernels alone`
  })
  return (await Promise.all(lines)).flat()
}

type Refused = readonly [field: string, word: string, what: string, known: readonly string[]]

async function refusalOf(
  project: Pick<Project, 'configFile'>,
  ...[field, word, what, known]: Refused
): Promise<string> {
  const place = await configPlace(project, field, word)
  const there = known.length === 0 ? 'is none' : `are ${known.join(', ')}`
  return `${place}: ${what}. ${didYouMean(word, known)}There ${there}`
}

function refuseAll(
  { configFile }: Pick<Project, 'configFile'>,
  mistakes: readonly string[],
  what: string,
): void {
  if (mistakes.length === 0) return
  throw usageError('CONFIGURATION', what, {
    detail: mistakes.join('\n'),
    remedy: `Correct ${configFile}`,
  })
}
