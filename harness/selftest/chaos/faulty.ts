import { join } from 'node:path'
import { packageRoot } from '../../platform/files/package-root.js'
import { projectOf } from '../../project/project.js'

/** The project of the faulty module and its suites; each lab has a copy. */
export const faulty = projectOf(join(packageRoot, 'harness/selftest/chaos/modprove.config.json'), {
  name: 'chaos',
  module: { folder: 'module' },
  suites: 'suites',
  // A suite a shard.
  slurm: { seconds: 1 },
})
