import { Job } from 'kubernetes-models/batch/v1'
import t from 'tap'
import { parse } from 'yaml'
import { madeUpPlan } from '../record/made-up-plan.fixture.js'
import { kubernetesJob, planInProject } from './kubernetes-job.js'

const ref = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
const jobs = ['a', 'b'].map(suite => ({ id: `6.1.9-plain/${suite}`, ...ref, suite }))
const plan = madeUpPlan(jobs)
const cluster = { image: 'registry/modprove:1', claim: 'work', plan: 'plan.json' }

t.test('a plan is an Indexed Job that the API takes', async t => {
  const value = parse(kubernetesJob(plan, cluster)) as ConstructorParameters<typeof Job>[0]
  t.doesNotThrow(() => new Job(value).validate())
  t.match(value, {
    metadata: { name: `modprove-${plan.id}` },
    spec: { completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 2 },
  })
  const broken = { ...value, spec: { ...value?.spec, completions: 'two' } }
  t.throws(() => new Job(broken as never).validate(), /completions/, 'the check can fail')
})

t.test('what the infrastructure lost is tried again, and wrong use is not', async t => {
  t.match(parse(kubernetesJob(plan, cluster)), {
    spec: {
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
          { action: 'FailIndex', onExitCodes: { operator: 'In', values: [2] } },
        ],
      },
      template: {
        spec: {
          restartPolicy: 'Never',
          activeDeadlineSeconds: 60,
          containers: [
            { image: 'registry/modprove:1', resources: { requests: { memory: '656Mi' } } },
          ],
          volumes: [{ persistentVolumeClaim: { claimName: 'work' } }],
        },
      },
    },
  })
})

t.test('a plan that pods would not see is refused', async t => {
  t.equal(planInProject('/src/ring', '/src/ring/ci/plan.json'), 'ci/plan.json')
  for (const file of ['/src/plan.json', '/src/ring2/plan.json'])
    t.throws(() => planInProject('/src/ring', file), { code: 'PLAN_OUTSIDE', exitCode: 2 })
})
