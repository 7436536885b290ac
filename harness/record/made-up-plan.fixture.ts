import type { JobRef } from '../contract/events.js'
import type { Plan } from '../contract/plan.js'
import { packageVersion } from '../platform/files/package-root.js'
import { subject } from './made-up-run.fixture.js'
import { withId } from './plan-file.js'

/** A plan of these jobs, each a shard of its own. */
export const madeUpPlan = (jobs: readonly JobRef[], own: Partial<Plan> = {}): Plan =>
  withId({
    schema: 1,
    version: packageVersion,
    at: '2026-01-02T03:04:05.000Z',
    commit: null,
    content: { module: 'm1', suites: 's1', setup: 'c1' },
    subject,
    request: {
      kernels: ['6.1'],
      flavours: ['plain'],
      suites: [],
      cold: false,
      coverage: false,
      retries: 0,
    },
    columns: [],
    jobs: jobs.map(ref => ({ ref })),
    shards: jobs.map((_, place) => ({
      jobs: [place],
      expectedSeconds: 1,
      limitSeconds: 60,
      memoryMiB: 656,
    })),
    ...own,
  })
