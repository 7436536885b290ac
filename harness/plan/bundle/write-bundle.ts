import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { librariesOf, type Work } from '../../builder/index.js'
import type { Plan } from '../../contract/plan.js'
import { usageError } from '../../platform/errors.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { filesBelow } from '../../platform/files/files-below.js'
import { isWithin } from '../../platform/files/is-within.js'
import { isThere } from '../../platform/files/is-there.js'
import { writeJson } from '../../platform/files/write-atomically.js'
import { script } from '../../platform/process/script.js'
import type { Project } from '../../project/project.js'
import { PLAN } from '../../record/plan-file.js'
import { buildColumn } from '../build-column.js'
import { columnRef, type Column } from '../column.js'
import { kselftestTargets } from '../kernel-tests.js'
import { INSIDE, mapTexts, partsOf, type Bundled } from './bundle.js'
import { copyPackage } from './copy-package.js'
import { sumOf, sumsOf } from './sum-of.js'

/** Of binutils: verdict/reader/debug-object.ts */
const TOOLS = ['addr2line', 'nm', 'objdump']

/**
 * Writes all that workers of a plan need besides Node and QEMU into a new folder.
 * @param suites files of the plan's suites
 * @throws ModproveError `NOT_EMPTY`, `IN_TREE`, and those of {@link buildColumn}
 */
export async function writeBundle(
  bundle: string,
  plan: Plan,
  { project, columns, suites }: BundledRun,
  work: Work,
): Promise<void> {
  await requireEmpty(bundle)
  requireOwnFolders(project)
  const parts = partsOf(bundle)
  const put = putting(parts.files)
  const written: Bundled['columns'][number][] = []
  for (const column of columns) {
    const built = await buildColumn(project, column, false, work, kselftestTargets(suites))
    const named = { id: column.id, ...columnRef(column) }
    written.push({ column: named, built: (await mapTexts(built, put)) as typeof built })
  }
  await copyProject(project.module.root, parts.project, bundle)
  const from = relative(project.module.root, project.root)
  await writeJson(parts.columns, { project: from, columns: written } satisfies Bundled)
  await writeJson(join(bundle, PLAN), plan)
  await copyTools(parts.tools, plan.request.coverage ? [...TOOLS, 'gcov'] : TOOLS)
  await copyPackage(parts.modprove)
  await writeJson(parts.sums, await sumsOf(bundle))
}

interface BundledRun {
  readonly project: Project
  readonly columns: readonly Column[]
  readonly suites: readonly string[]
}

async function requireEmpty(bundle: string): Promise<void> {
  await mkdir(bundle, { recursive: true })
  if ((await readdir(bundle)).length === 0) return
  throw usageError('NOT_EMPTY', `${bundle} is not empty`, { remedy: 'Name a new folder: --output' })
}

function requireOwnFolders({ module, configFile }: Project): void {
  if (module.folders.every(({ inTree }) => inTree === undefined)) return
  throw usageError('IN_TREE', `${configFile} tests a module of the kernel's tree`, {
    remedy: 'Workers need the tree: let them share it, and run the plan without a bundle',
  })
}

/** Copies files and folders of the cache, once each, and names them by their content. */
function putting(files: string): (text: string) => Promise<string> {
  const cache = `${cacheFolder()}/`
  return async text => {
    // A folder that modules were compiled in is gone.
    if (!text.startsWith(cache) || !(await isThere(text))) return text
    const name = await nameOf(text)
    const target = join(files, name)
    if (!(await isThere(target))) await cp(text, target, { recursive: true })
    return `${INSIDE}files/${name}`
  }
}

async function nameOf(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return sumOf(path)
  const hash = createHash('sha256')
  for (const file of await filesBelow(path))
    hash.update(`${file} ${await sumOf(join(path, file))}\n`)
  return hash.digest('hex')
}

/**
 * What git would keep of a project; without git, all but records and packages.
 * @param bundle may lie in the project
 */
async function copyProject(root: string, target: string, bundle: string): Promise<void> {
  const $ = script({ cwd: root })
  const listed = await $`git ls-files -z --cached --others --exclude-standard`.nothrow()
  const files =
    listed.exitCode === 0
      ? listed.stdout.split('\0').filter(file => file !== '')
      : (await filesBelow(root)).filter(
          file => !/(^|\/)(\.modprove|node_modules|\.git)\//.test(file),
        )
  for (const file of files) {
    if (isWithin(join(root, file), [bundle]) || !(await isThere(join(root, file)))) continue
    await mkdir(dirname(join(target, file)), { recursive: true })
    await cp(join(root, file), join(target, file), { verbatimSymlinks: true })
  }
}

/** Programs of this host that run wherever the folder lies, by their own libraries. */
async function copyTools(tools: string, names: readonly string[]): Promise<void> {
  await mkdir(join(tools, 'own'), { recursive: true })
  for (const name of names) {
    const { stdout } = await script()`command -v ${name}`
    const program = stdout.trim()
    const libraries = await librariesOf(program)
    const loader = [...libraries.keys()].find(path => /\/ld-linux/.test(path)) ?? ''
    for (const [path, file] of [[`/${name}`, program] as const, ...libraries])
      await cp(file, join(tools, 'own', path.slice(path.lastIndexOf('/') + 1)), {
        dereference: true,
      })
    const own = '"$(dirname "$0")/own'
    const line = `exec ${own}${loader.slice(loader.lastIndexOf('/'))}" --library-path ${own}" ${own}/${name}" "$@"`
    await writeFile(join(tools, name), `#!/bin/sh\n${line}\n`)
    await chmod(join(tools, name), 0o755)
  }
}
