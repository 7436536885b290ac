import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Plan } from '../contract/plan.js'
import { plan as schema } from '../contract/plan-schema.js'
import { usageError } from '../platform/errors.js'
import { readJson } from '../platform/files/checked-json.js'
import { packageVersion } from '../platform/files/package-root.js'
import { isThere } from '../platform/files/is-there.js'

/** The plan of a folder of shards, or of the record of one shard. */
export const PLAN = 'plan.json'

/** Gives a plan its id. */
export const withId = (plan: Omit<Plan, 'id'>): Plan => ({ ...plan, id: idOf(plan) })

function idOf(plan: Omit<Plan, 'id'>): string {
  const text = JSON.stringify(sorted({ ...plan, id: undefined, at: undefined }))
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** Keys in one order, so that equal plans have one text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]))
}

/**
 * @throws ModproveError `NOT_A_PLAN`; `PLAN_CHANGED` if it is not what was planned; `OTHER_VERSION`
 */
export async function readPlan(file: string): Promise<Plan> {
  const remedy = 'Make one: modprove plan --output plan.json'
  const options = { code: 'NOT_A_PLAN', remedy }
  // Other fields are only known for this version.
  requireVersion(file, (await readJson(file, schema.pick({ version: true }), options)).version)
  const plan: Plan = await readJson(file, schema, options)
  if (plan.id === idOf(plan)) return plan
  throw usageError('PLAN_CHANGED', `${file} was changed since it was made: its id is of another`, {
    remedy: 'Make it again: modprove plan',
  })
}

/** @throws ModproveError `OTHER_VERSION` */
export function requireVersion(what: string, version: string): void {
  if (version === packageVersion) return
  throw usageError(
    'OTHER_VERSION',
    `${what} is of modprove ${version}, and this is modprove ${packageVersion}`,
    { remedy: `Use modprove ${version} for all of it, or begin again with this one` },
  )
}

/** The plan that a folder holds, if it holds one. @throws as {@link readPlan} */
export async function planIn(folder: string): Promise<Plan | undefined> {
  const file = join(folder, PLAN)
  return (await isThere(file)) ? readPlan(file) : undefined
}

/** @returns the error for results that are of another plan */
export const otherPlan = (what: string, has: string, wanted: string, remedy: string): Error =>
  usageError('OTHER_PLAN', `${what} is of plan ${has}, and not of ${wanted}`, { remedy })
