import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { packageRoot } from '../../platform/files/package-root.js'
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
  { root }: Pick<Project, 'root'>,
  field: string,
  entries: readonly string[],
): Promise<readonly ConfigOption[]> {
  const options = entries.map(async (entry, index) =>
    isOptionLine(entry)
      ? [parseOption(entry, `${field}[${index}]`)]
      : optionsIn(resolve(root, entry), entry),
  )
  return (await Promise.all(options)).flat()
}

const optionsIn = async (file: string, called: string): Promise<readonly ConfigOption[]> =>
  parseFragment(await readFile(file, 'utf8'), called)
