import { z } from 'zod'
import { someText } from '../platform/files/checked-json.js'

/** How `modprove run --on slurm` uses a cluster. */
export const slurmFields = z.strictObject({
  folder: someText()
    .optional()
    .describe('where all nodes see the plan and the results; default: `.modprove/slurm`'),
  atOnce: z
    .int({ error: 'a whole number from 1' })
    .min(1, { error: 'a whole number from 1' })
    .optional()
    .describe('shards of a kernel that run at once; default: as many as the cluster takes'),
  seconds: z
    .int({ error: 'a whole number from 1' })
    .min(1, { error: 'a whole number from 1' })
    .optional()
    .describe('about how long a shard takes; default: 120'),
  options: z
    .array(someText())
    .optional()
    .describe(
      'further options of sbatch(1): `["--partition=kernel", "--account=net", "--time=30"]`',
    ),
})

export type SlurmConfig = z.infer<typeof slurmFields>
