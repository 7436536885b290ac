import { join } from 'node:path'
import { defined } from '../../platform/pick.js'
import { buildModules, moduleRecord } from './build-modules.js'
import { contentKey } from '../hash.js'
import type { ModuleRequest } from './make-folder.js'
import { moduleContent } from './module-files.js'
import { stored } from '../store.js'
import type { BuiltModule, ModuleBuild } from '../types.js'

/** Increment when the same input is built otherwise, or {@link moduleRecord} is another one. */
const RECIPE = 8
const KEPT_DAYS = 7

/**
 * Returns the project's modules for one kernel, from the cache or newly built.
 * @throws ModproveError `MODULE_DOES_NOT_COMPILE` (exit 1) with gcc's and modpost's lines,
 * `PREPARE_FAILED`, `NO_MODULE`, `MODULE_TWICE` (exit 1); `VERMAGIC` if the kernel's tree does not
 * match its release; `SPARSE_FAILED`
 */
export async function requireModule(request: ModuleRequest): Promise<ModuleBuild> {
  const { kernel, project, coverage = false, sparse } = request
  const key = contentKey({
    recipe: String(RECIPE),
    kernel: kernel.key,
    flags: coverage ? 'coverage' : '',
    ...defined({ sparse }),
    content: await moduleContent(project.module),
  })
  const { folder, value } = await stored(
    {
      kind: 'modules',
      key: `${kernel.release}-${kernel.flavour}-${key}`,
      title: `module for ${kernel.release} ${kernel.flavour}`,
      hashed: 'all',
      keptDays: KEPT_DAYS,
      valueFrom: json => moduleRecord.safeParse(json).data,
      make: target => buildModules(request, target),
    },
    request,
  )
  const { modules, coverageNotes, ignored, ...rest } = value
  for (const line of ignored) request.progress.say(line)
  return {
    ...rest,
    warnings: [...rest.warnings, ...ignored],
    key,
    coverageNotes: Object.fromEntries(
      coverageNotes.map(path => [path.replace(/\.gcno$/, ''), join(folder, 'notes', path)]),
    ),
    modules: modules.map(({ file, ...module }): BuiltModule => ({
      ...module,
      ko: join(folder, file),
      debugKo: join(folder, 'debug', file),
    })),
  }
}
