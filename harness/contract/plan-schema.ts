import { z } from 'zod'
import { content, jobRef, request, subject } from './run-schema.js'

const text = z.string()
const number = z.number()
const count = z.int().nonnegative()

/** A plan: which jobs are run, of what, and how they are shared out. It never changes. */
export const plan = z.object({
  schema: z.literal(1),
  id: text.describe('names everything below but the time: equal plans have equal ids'),
  version: text.describe('of the modprove that made it; others refuse it'),
  at: text.describe('ISO 8601 in UTC'),
  commit: text.nullable(),
  content,
  subject,
  request,
  columns: z.array(
    z.object({
      ...jobRef.pick({ kernel: true, series: true, release: true, flavour: true }).shape,
      key: text.describe('names all that goes into the kernel'),
    }),
  ),
  jobs: z.array(
    z.object({ ref: jobRef, expectedMs: number.exactOptional().describe('from the history') }),
  ),
  shards: z.array(
    z.object({
      jobs: z.array(count).nonempty().describe('places in the list of jobs, from 0'),
      expectedSeconds: number,
      limitSeconds: number.describe('a worker that takes longer is lost'),
      memoryMiB: number.describe('what a worker needs, with its largest machine'),
    }),
  ),
})
