import { join } from 'node:path'
import { plan } from '../contract/plan-schema.js'
import { readJson } from '../platform/files/checked-json.js'
import { PLAN } from './plan-file.js'

/** What folders that modprove wrote hold: a record, the results of a plan, a bundle. */
const HELD: readonly (readonly string[])[] = [
  ['events.jsonl'],
  [PLAN, '.unfinished'],
  [PLAN, 'sums.json', 'columns.json'],
]

/** Whether modprove wrote a folder, wherever it lies. @param names of what is in it */
export const isOwnFolder = (names: readonly string[]): boolean =>
  HELD.some(held => held.every(name => names.includes(name)))

/** Whether a file is a plan, of whatever version, under whatever name. */
export const isPlan = async (folder: string, name: string): Promise<boolean> =>
  name.endsWith('.json') &&
  (await readJson(join(folder, name), MARKS).then(
    () => true,
    () => false,
  ))

const MARKS = plan.pick({ id: true, version: true, content: true, shards: true })
