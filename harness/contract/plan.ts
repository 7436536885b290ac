import type { z } from 'zod'
import type { Data } from './data.js'
import type { plan } from './plan-schema.js'

/** About how long a shard takes: a worker's start and its template cost some seconds of it. */
export const SHARD_SECONDS = 120

/** Jobs in order, what they run, and their shards; a file that workers and `merge` read. */
export type Plan = Data<z.infer<typeof plan>>
export type PlannedJob = Plan['jobs'][number]
export type PlannedColumn = Plan['columns'][number]
export type PlannedShard = Plan['shards'][number]
