import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { madeUpPlan } from '../../record/made-up-plan.fixture.js'
import { cancel, hasEnded, jobsOf, submit } from './commands.js'
import { submitPlan } from './submit-plan.js'

/** Programs of Slurm that say what a test wants, and keep the words that they were given. */
async function fakes(t: Test, programs: Readonly<Record<string, string>>) {
  const folder = t.testdir()
  const file = join(folder, 'words')
  for (const [name, line] of Object.entries(programs)) {
    const path = join(folder, name)
    const keep = `for word in ${name} "$@"; do printf '%s\\n' "$word"; done >>${file}\necho >>${file}`
    await writeFile(path, `#!/bin/sh\n${keep}\n${line}\n`)
    await chmod(path, 0o755)
  }
  const { PATH = '' } = process.env
  process.env['PATH'] = `${folder}:${PATH}`
  t.teardown(() => {
    process.env['PATH'] = PATH
  })
  return {
    folder,
    /** Each call's words. */
    calls: async () =>
      (await readFile(file, 'utf8'))
        .split('\n\n')
        .filter(call => call !== '')
        .map(call => call.split('\n')),
  }
}

t.test("a job's id is read, also with the name of a cluster", async t => {
  await fakes(t, { sbatch: "echo '17;north'" })
  t.equal(await submit([], 'true'), '17')
})

t.test('Slurm refuses in its own words, with the way out', async t => {
  const refuse = "echo 'sbatch: error: invalid partition specified: nosuch' >&2; exit 1"
  await fakes(t, { sbatch: refuse })
  await t.rejects(submit([], 'true'), {
    code: 'SLURM_REFUSED',
    exitCode: 3,
    detail: 'sbatch: error: invalid partition specified: nosuch',
    remedy: /--on local/,
  })
})

t.test('a host without Slurm is told so', async t => {
  const { PATH } = process.env
  t.teardown(() => {
    process.env['PATH'] = PATH
  })
  // What remains is what starts a command.
  process.env['PATH'] = '/usr/lib/klibc/bin:/bin'
  await fakes(t, { sbatch: 'exit 127' })
  await t.rejects(submit([], 'true'), { code: 'SLURM_MISSING', exitCode: 3, remedy: /--on local/ })
})

t.test('jobs are told with their state, node and reason', async t => {
  const lines = ['17|N/A|PENDING||Resources', '18|4|FAILED|n2|JobLaunchFailure', '']
  await fakes(t, { squeue: lines.map(line => `echo '${line}'`).join('; '), scancel: '' })
  const [build, element, ...more] = await jobsOf('modprove-x')
  t.match(build, { index: undefined, state: 'PENDING', node: '', reason: 'Resources' })
  t.strictSame(element, {
    id: '18_4',
    index: 4,
    state: 'FAILED',
    node: 'n2',
    reason: 'JobLaunchFailure',
  })
  t.strictSame(more, [])
  t.strictSame(
    [build, element].map(job => job && hasEnded(job)),
    [false, true],
  )
  await t.resolves(cancel('modprove-x'))
})

t.test('each column is built once, and its shards wait for that', async t => {
  const ref = { kernel: '6.1', series: '6.1', release: '6.1.9' }
  const jobs = ['plain/a', 'plain/b', 'debug/a'].map(name => {
    const [flavour = '', suite = ''] = name.split('/')
    return { id: `6.1.9-${name}`, ...ref, flavour, suite }
  })
  const columns = ['plain', 'debug'].map(flavour => ({ ...ref, flavour, key: 'k' }))
  const plan = madeUpPlan(jobs, { columns })
  const { folder, calls } = await fakes(t, { sbatch: 'echo 7' })
  const run = { folder, root: '/a project', name: 'modprove-x' }
  await submitPlan(plan, [0, 1, 2], run, { atOnce: 4, options: ['--partition=kernel'] }, ['n2'])
  const [build = [], array = [], , last = [], ...more] = await calls()
  t.strictSame(more, [])
  for (const call of [build, array, last])
    for (const word of [
      '--job-name=modprove-x',
      '--chdir=/a project',
      '--partition=kernel',
      '--requeue',
      '--exclude=n2',
    ])
      t.ok(call.includes(word), `${call[0]} has ${word}`)
  t.match(build.at(-1), /modprove\.js build --kernel 6\.1\.9 --flavour plain$/)
  t.match(array, ['sbatch', '--parsable'])
  for (const word of ['--array=0,1%4', '--dependency=afterany:7', '--mem=656M', '--time=1'])
    t.ok(array.includes(word), word)
  t.match(array.at(-1), /worker --plan \S+plan\.json .*--jobs 1 --index "\$SLURM_ARRAY_TASK_ID"$/)
  t.ok(last.includes('--array=2%4'))
})
