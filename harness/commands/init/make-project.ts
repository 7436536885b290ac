import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { isThere } from '../../platform/files/is-there.js'
import { packageRepository, packageVersion } from '../../platform/files/package-root.js'
import { repositoryOf } from '../../platform/files/repository-of.js'
import { configFileIn } from '../../project/find-config.js'
import { kbuildAdvice } from '../../project/kbuild-file.js'
import { configText, suiteText, workflowText } from './first-files.js'
import { findModules, type FoundModules } from './module-folders.js'

/** What was done to a file, and its path from the project's folder. */
type Done = readonly [done: 'wrote' | 'kept' | 'changed', file: string]

const ACTION = `${packageRepository}/.github/actions/modprove@v${packageVersion}`

/**
 * Makes a folder a project; a file that exists is kept.
 * @throws ModproveError `CONFIGURED` if it is one, `NO_MODULE`
 */
export async function* makeProject(
  root: string,
  { workflow = true }: { readonly workflow?: boolean } = {},
): AsyncGenerator<Done> {
  const earlier = await configFileIn(root)
  if (earlier !== undefined) {
    throw usageError('CONFIGURED', `This is a project already: ${earlier.file} describes it`, {
      remedy: 'modprove run',
    })
  }
  const found = await findModules(root)
  if (found === undefined) {
    throw usageError('NO_MODULE', `No makefile in ${root}, or in its folders, has "obj-m"`, {
      remedy: await kbuildAdvice(root),
    })
  }
  const files = [...firstFiles(root, found), ...(workflow ? [await workflowFile(root)] : [])]
  for (const [path, text] of files) {
    const there = await isThere(path)
    if (!there) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text, { flag: 'wx' })
    }
    yield [there ? 'kept' : 'wrote', relative(root, path)]
  }
  if (await ignoreOthers(root)) yield ['changed', '.gitignore']
}

type FirstFile = readonly [path: string, text: string]

function firstFiles(root: string, found: FoundModules): FirstFile[] {
  const [name] = found.modules.length === 1 ? found.modules : [basename(root)]
  return [
    [join(root, 'modprove.config.ts'), configText(found)],
    [join(root, 'suites', `${name}.suite.ts`), suiteText(found)],
  ]
}

/** In the root of the repository: GitHub reads it only there. */
async function workflowFile(root: string): Promise<FirstFile> {
  const repository = (await repositoryOf(root)) ?? root
  const text = workflowText(relative(repository, root) || '.', ACTION)
  return [join(repository, '.github/workflows/modprove.yml'), text]
}

/** Has git ignore what modprove and npm write. @returns whether it did not yet */
async function ignoreOthers(root: string): Promise<boolean> {
  const file = join(root, '.gitignore')
  const text = await readFile(file, 'utf8').catch(() => '')
  const isIgnored = (name: string): boolean => text.split('\n').some(line => bare(line) === name)
  const written = (await isThere(join(root, 'node_modules'))) ? [STATE, 'node_modules'] : [STATE]
  const lines = written.filter(name => !isIgnored(name)).map(name => `${name}/\n`)
  if (lines.length === 0) return false
  await writeFile(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${lines.join('')}`)
  return true
}

const STATE = '.modprove'
/** A line of .gitignore without the slashes around it. */
const bare = (line: string): string => line.trim().replaceAll(/^\/|\/$/g, '')
