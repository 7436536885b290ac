import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../fault.js'
import type { Lab } from '../lab.js'
import { SlurmCluster } from '../slurm-cluster.js'
import { NODES } from '../slurm-conf.js'
import { junit } from './shards.js'

const SUITES = ['lost', 'lingers']
const ON_SLURM = ['run', ...SUITES, '--on', 'slurm']

/** A fault that happens while a cluster runs the suites. */
interface Blow {
  readonly name: string
  readonly fault: string
  readonly strike: (cluster: SlurmCluster) => Promise<void>
}

const blows: readonly Blow[] = [
  {
    name: 'node',
    fault: 'a node of a cluster dies with the worker on it, and comes back',
    strike: async cluster => {
      const [node = NODES[0]] = await cluster.busyNodes()
      await cluster.crash(node)
      cluster.bootNode(node)
    },
  },
  {
    name: 'controller',
    fault: "Slurm's controller is killed while workers run, and started again",
    strike: async cluster => {
      await cluster.busyNodes()
      await cluster.kill('slurmctld')
      cluster.startController()
    },
  },
  {
    name: 'preempted',
    fault: 'a more urgent job takes the nodes of the workers',
    strike: async cluster => {
      await cluster.busyNodes()
      const nodes = String(NODES.length)
      await cluster.ask([
        'sbatch',
        '--partition=urgent',
        '--exclusive',
        `--nodes=${nodes}`,
        '--wrap',
        'true',
      ])
    },
  },
]

export const slurmFaults: readonly Fault[] = blows.map(({ name, fault, strike }) => ({
  row: 26,
  name: `slurm-${name}`,
  fault,
  expected: 'Slurm starts the shard again; the report is that of a run on one host',
  make: async lab => {
    lab.exits(await lab.run(['run', ...SUITES]), 0, 'a run here: ')
    const here = await junit(lab)
    await using cluster = await SlurmCluster.start()
    const ended = await lab.run([...ON_SLURM, '--kernel', lab.kernel], {
      env: { ...cluster.env },
      during: () => strike(cluster),
    })
    lab.exits(ended, 0, 'on Slurm: ')
    lab.check('it reports as a run here does', here === (await junit(lab)), await junit(lab))
    lab.check('each shard has its logs', (await logsOf(lab)).length > 0, '')
  },
}))

async function logsOf(lab: Lab): Promise<string[]> {
  const folder = join(lab.root, '.modprove/slurm')
  const [run = ''] = await readdir(folder)
  return readdir(join(folder, run, 'logs'))
}
