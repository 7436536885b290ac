import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readProject } from '../../project/project.js'
import { madeUpPlan } from '../../record/made-up-plan.fixture.js'
import { claimFolder } from '../../record/shard-folder.js'
import { collect } from './collect-shards.js'

const ref = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
const jobs = ['a', 'b'].map(suite => ({ id: `6.1.9-plain/${suite}`, ...ref, suite }))
const plan = madeUpPlan(jobs, { columns: [{ ...ref, key: 'k' }] })

t.test('of a run that Slurm refuses nothing stays, and nothing says to go on with it', async t => {
  const root = t.testdir({ Kbuild: 'obj-m := a.o\n', 'modprove.config.json': '{}', bin: {} })
  // The build is taken, and the array is not.
  const sbatch = 'case "$*" in *--array*) echo "sbatch: error: no such partition" >&2; exit 1; esac'
  const programs = { sbatch: `${sbatch}; echo 17`, squeue: '', scancel: `echo "$@" >${root}/ended` }
  for (const [name, line] of Object.entries(programs)) {
    await writeFile(join(root, 'bin', name), `#!/bin/sh\n${line}\n`)
    await chmod(join(root, 'bin', name), 0o755)
  }
  const { PATH = '' } = process.env
  process.env['PATH'] = `${root}/bin:${PATH}`
  t.teardown(() => {
    process.env['PATH'] = PATH
  })
  const project = await readProject(root)
  const said: string[] = []
  const say = (text: string): void => void said.push(text)
  const context = {
    ...{ project, signal: new AbortController().signal, report: () => undefined },
    progress: { say } as never,
  }
  const shared = join(root, '.modprove/slurm')
  const submit = async (isNew: boolean): Promise<void> => {
    await claimFolder(join(shared, 'now'), plan)
    await t.rejects(collect(plan, 'now', context, isNew), {
      code: 'SLURM_REFUSED',
      remedy: /--on local/,
    })
  }
  await submit(true)
  t.equal(await readFile(join(root, 'ended'), 'utf8'), '--name=modprove-now\n')
  t.strictSame(await readdir(shared), [])
  t.notMatch(said.join(), /--resume/)
  await submit(false)
  t.strictSame(await readdir(shared), ['now'], 'a run that had begun may have results')
  t.match(said.join(), /--resume now/)
})
