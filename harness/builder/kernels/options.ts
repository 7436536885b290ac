import { readFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { packageRoot } from '../../platform/files/package-root.js'
import { configPlace } from '../../project/config-place.js'
import { isOptionLine } from '../../project/kernel-fields.js'
import type { Project } from '../../project/project.js'
import { imagesFolder } from '../images.js'
import { parseFragment, parseOption, type ConfigOption } from './fragment.js'

/** The options of a fragment of `images/config/`. @throws ModproveError `CONFIGURATION` */
export function shippedOptions(name: string): Promise<readonly ConfigOption[]> {
  const file = join(imagesFolder, 'config', name)
  return optionsIn(file, relative(packageRoot, file))
}

/**
 * The options of a project's lines, and of the files that it names.
 * @param field how messages name the list
 * @throws ModproveError `CONFIGURATION`, naming the line
 */
export async function projectOptions(
  project: Pick<Project, 'root' | 'configFile'>,
  field: string,
  entries: readonly string[],
): Promise<readonly ConfigOption[]> {
  const list = `"${field}" of ${basename(project.configFile)}`
  const lineOption = async (entry: string, at: string): Promise<ConfigOption> => ({
    ...parseOption(entry, await configPlace(project, at, entry)),
    list,
  })
  const options = entries.map(async (entry, index) =>
    isOptionLine(entry)
      ? [await lineOption(entry, `${field}[${index}]`)]
      : optionsIn(resolve(project.root, entry), entry),
  )
  return (await Promise.all(options)).flat()
}

const optionsIn = async (file: string, called: string): Promise<readonly ConfigOption[]> =>
  parseFragment(await readFile(file, 'utf8'), called)
