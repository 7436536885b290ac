import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../fault.js'
import { manySuites } from '../many-suites.js'
import { inMountNamespace } from '../mount-namespace.js'
import { SlurmCluster } from '../slurm-cluster.js'
import { junit } from './shards.js'

/** More than nodes: each gets one. */
const SHARDS = 6

/** What is wrong with one of three nodes. */
interface BadNode {
  readonly name: string
  readonly fault: string
  /** Below the project's folder. */
  readonly folder: string
  /** Of sh(1), for the folder `$1`. */
  readonly mount: string
  readonly said: (folder: string) => string
}

const badNodes: readonly BadNode[] = [
  {
    name: 'full-node',
    fault: 'the disk for temporary files is full on one node of a cluster',
    folder: 'tmp',
    // Of its last file, too: what a worker of a full cache keeps there is small.
    mount: 'mount -t tmpfs -o nr_inodes=8 none "$1"; while mktemp "$1/XXXXXX"; do :; done',
    said: folder => `no space is left in ${folder}`,
  },
  {
    name: 'blind-node',
    fault: 'one node of a cluster does not see the shared folder',
    folder: '.modprove/slurm',
    mount: 'mount -t tmpfs none "$1"',
    said: folder => `does it see ${folder}/`,
  },
]

export const slurmBadNodeFaults: readonly Fault[] = badNodes.map(
  ({ name, fault, folder: below, mount, said }) => ({
    row: 26,
    name: `slurm-${name}`,
    fault,
    expected:
      'node and folder are named; its shards run on others; the report is that of a run here',
    make: async lab => {
      const suites = await manySuites(lab, SHARDS)
      lab.exits(await lab.run(['run', ...suites]), 1, 'a run here: ')
      const here = await junit(lab)
      const folder = join(lab.root, below)
      const temporary = join(lab.root, 'tmp')
      for (const each of [folder, temporary]) await mkdir(each, { recursive: true })
      const n1 = await inMountNamespace([mount, 'shift; exec "$@"'], folder)
      await using cluster = await SlurmCluster.start({ n1 })
      const ended = await lab.run(['run', ...suites, '--on', 'slurm', '--kernel', lab.kernel], {
        env: { ...cluster.env, TMPDIR: temporary },
      })
      lab.exits(ended, 1, 'on Slurm: ')
      lab.check('it reports as a run here does', here === (await junit(lab)), ended.output)
      const line = ended.output.split('\n').find(text => text.startsWith('node n1 ')) ?? ''
      lab.check('the folder is named, with the node', line.includes(said(folder)), ended.output)
      lab.tell(line)
    },
  }),
)
