import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { publishedIn } from '../../../record/shard-folder.js'
import { pick, randomOfCase, type Random } from '../../fuzz/random.js'
import type { Fault } from '../fault.js'
import type { Lab } from '../lab.js'
import { manySuites } from '../many-suites.js'
import { SlurmCluster, until } from '../slurm-cluster.js'
import type { Node } from '../slurm-conf.js'
import { junit } from './shards.js'

const BLOWS = 20
/** More than blows: each blow waits for one more result. */
const SHARDS = BLOWS + 4
/** A shard's whole life. */
const BEFORE_A_BLOW_MS = 4000

type Blow = (cluster: SlurmCluster, node: Node) => Promise<void>

const blows: Readonly<Record<string, Blow>> = {
  worker: (cluster, node) => cluster.killWorker(node),
  node: async (cluster, node) => {
    await cluster.crash(node)
    cluster.bootNode(node)
  },
  "node's daemon": async (cluster, node) => {
    await cluster.kill(node)
    cluster.startNode(node)
  },
  controller: async cluster => {
    await cluster.kill('slurmctld')
    cluster.startController()
  },
}

export const slurmRandomFault: Fault = {
  row: 26,
  name: 'slurm-random',
  fault: `workers, nodes, their daemons and Slurm's controller are killed at random, ${BLOWS} times`,
  expected: 'no result is lost or counted twice; the report is that of a run on one host',
  make: async lab => {
    const suites = await manySuites(lab, SHARDS)
    lab.exits(await lab.run(['run', ...suites]), 1, 'a run here: ')
    const here = await junit(lab)
    await using cluster = await SlurmCluster.start()
    const ended = await lab.run(['run', ...suites, '--on', 'slurm', '--kernel', lab.kernel], {
      env: { ...cluster.env },
      during: () => strikeAtRandom(lab, cluster),
    })
    lab.exits(ended, 1, 'on Slurm: ')
    const names = ended.results.map(({ job, test }) => `${job} ${test}`)
    lab.check('no test has two results', new Set(names).size === names.length, names.join())
    lab.check('it reports as a run here does', here === (await junit(lab)), ended.output)
  },
}

async function strikeAtRandom(lab: Lab, cluster: SlurmCluster): Promise<void> {
  const random: Random = randomOfCase(lab.seed, 0)
  const struck: string[] = []
  lab.tell(`seed ${lab.seed}`)
  for (let number = 0; number < BLOWS; number++) {
    await results(lab, cluster, number)
    const what = pick(Object.keys(blows), random)
    await sleep(random(BEFORE_A_BLOW_MS))
    const node = pick(await cluster.busyNodes(), random)
    await blows[what]?.(cluster, node)
    struck.push(what === 'controller' ? what : `${what} ${node}`)
  }
  lab.tell(`killed: ${struck.join(', ')}`)
  await results(lab, cluster, SHARDS)
}

const results = (lab: Lab, cluster: SlurmCluster, count: number): Promise<true> =>
  until('No result came', async () => {
    await cluster.lookAfterNodes()
    return (await resultsIn(lab)) >= count || undefined
  })

async function resultsIn(lab: Lab): Promise<number> {
  const folder = join(lab.root, '.modprove/slurm')
  const [run] = await readdir(folder).catch(() => [])
  return run === undefined ? 0 : (await publishedIn(join(folder, run))).length
}
