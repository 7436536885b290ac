import { join } from 'node:path'
import { z } from 'zod'
import { loadFlavours, selectFlavour, type KernelSource } from '../../builder/index.js'
import type { JobRef } from '../../contract/events.js'
import type { Plan } from '../../contract/plan.js'
import { harnessError, usageError } from '../../platform/errors.js'
import { readJson } from '../../platform/files/checked-json.js'
import type { Project } from '../../project/project.js'
import { readProject } from '../../project/project.js'
import { PLAN, readPlan } from '../../record/plan-file.js'
import { columnName } from '../../record/run-progress.js'
import type { BuiltColumn } from '../build-column.js'
import type { Column } from '../column.js'
import { INSIDE, mapTexts, partsOf, type Bundled, type BundledColumn } from './bundle.js'
import { sumOf } from './sum-of.js'

/** A bundle that arrived whole. */
export interface Bundle {
  readonly plan: Plan
  readonly project: Project
  /** Columns of these jobs. */
  readonly columnsOf: (jobs: readonly JobRef[]) => Column[]
  readonly builtOf: (column: Column) => BuiltColumn
}

/**
 * Verifies a bundle, and has its tools used.
 * @throws ModproveError `NOT_A_BUNDLE` (exit 2); `BUNDLE_DAMAGED` (exit 3) naming the first file
 * that is not as it was written; those of its plan and project
 */
export async function readBundle(bundle: string): Promise<Bundle> {
  const parts = partsOf(bundle)
  const remedy = 'Name the folder that modprove bundle wrote'
  const options = { code: 'NOT_A_BUNDLE', remedy }
  await requireWhole(bundle, await readJson(parts.sums, z.record(z.string(), z.string()), options))
  const plan = await readPlan(join(bundle, PLAN))
  // What is verified was written by this version.
  const bundled = (await readJson(parts.columns, z.unknown(), options)) as Bundled
  const inside = (text: string): string =>
    text.startsWith(INSIDE) ? join(bundle, text.slice(INSIDE.length)) : text
  const { columns } = (await mapTexts(bundled, inside)) as Bundled
  const project = await readProject(join(parts.project, bundled.project))
  const flavours = await loadFlavours(project)
  const built = new Map(columns.map(each => [each.column.id, each.built]))
  process.env['PATH'] = `${parts.tools}:${process.env['PATH'] ?? ''}`
  return {
    plan,
    project,
    columnsOf: jobs =>
      columns
        .map(({ column }) => column)
        .filter(column => jobs.some(job => columnName(job) === columnName(column)))
        .map(column => ({
          ...column,
          source: bundledSource(column),
          flavour: selectFlavour(flavours, column.flavour),
        })),
    builtOf: ({ id }) => built.get(id) as BuiltColumn,
  }
}

async function requireWhole(bundle: string, sums: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, sum] of Object.entries(sums)) {
    const found = await sumOf(join(bundle, file)).catch(() => 'missing')
    if (found === sum) continue
    const what = found === 'missing' ? 'is missing' : 'is not what was written'
    throw harnessError('BUNDLE_DAMAGED', `${join(bundle, file)} ${what}`, {
      remedy: 'Copy the bundle again, or write it again: modprove bundle',
    })
  }
}

const bundledSource = ({ series, release, id }: BundledColumn['column']): KernelSource => ({
  ...{ series, release, id, name: id, tree: '' },
  open: () =>
    Promise.reject(usageError('NO_SOURCE', `the source of ${release} is not in the bundle`)),
})
