import t from 'tap'
import type { Job } from '../session/job.js'
import type { SuiteDefinition, TestOptions } from '../suite-api/registry.js'
import { checkModules } from './check-modules.js'

const job = {
  file: 'suites/ring.suite.ts',
  modules: [{ name: 'my_ring' }],
  kernelModules: [{ name: 'i2c_stub' }],
  atBoot: ['virtio_net'],
} as unknown as Job
const kernel = { series: '6.1', release: '6.1.9', flavour: 'plain' }

/** Checks a suite that has these modules, and tests with these options. */
function checked(modules: readonly string[], ...tests: readonly TestOptions[]): Promise<void> {
  const suite: SuiteDefinition = {
    title: 'ring',
    options: { modules: modules.map(name => ({ name })) },
    tests: tests.map((options, at) => ({ name: `test ${at}`, options, body: () => undefined })),
  }
  return checkModules(suite, kernel, job)
}

t.test('what tests load is a module of the project, or of the kernel that guests have', async t => {
  await checked(['my-ring', 'i2c_stub'], {}, { modules: [{ name: 'virtio_net' }] })
  await t.rejects(checked(['my_rng'], {}, {}, { modules: [{ name: 'zzz' }] }), {
    code: 'SUITE_OPTIONS',
    exitCode: 2,
    message: `suites/ring.suite.ts has 2 mistakes:
  the suite: no module my_rng was built. Did you mean "my_ring"?
  "test 2": no module zzz was built. There are my_ring, i2c_stub, virtio_net`,
  })
})

t.test('a test that does not apply to this kernel may load what this one lacks', async t => {
  await checked(['zzz'], { needs: { since: '6.12' } }, { modules: [] })
  await t.rejects(checked(['zzz'], { needs: { until: '6.12' } }), { code: 'SUITE_OPTIONS' })
})
