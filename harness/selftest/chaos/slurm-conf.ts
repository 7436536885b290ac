import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

export const NODES = ['n1', 'n2', 'n3'] as const
export type Node = (typeof NODES)[number]

const FIRST_PORT = 17_000
const PORTS = 10_000

/** slurm.conf(5) of a cluster in a folder. */
export const confOf = (folder: string): string => join(folder, 'slurm.conf')

/** Writes all that a cluster on one host needs to start: key, state, slurm.conf(5). */
export async function configureSlurm(path: string): Promise<void> {
  const port = FIRST_PORT + (randomBytes(2).readUInt16BE() % PORTS)
  await writeFile(join(path, 'munge.key-file'), randomBytes(1024), { mode: 0o400 })
  await mkdir(join(path, 'state'))
  const lines = [
    'ClusterName=modprove',
    `SlurmctldHost=${hostname()}(127.0.0.1)`,
    `SlurmctldPort=${port}`,
    'SlurmUser=root',
    'AuthType=auth/munge',
    // What was lost with a node waits so many seconds before it starts again.
    `AuthInfo=socket=${path}/munge.sock,cred_expire=5`,
    'CryptoType=crypto/munge',
    `StateSaveLocation=${path}/state`,
    `SlurmctldPidFile=${path}/slurmctld.pid`,
    `SlurmctldLogFile=${path}/slurmctld.log`,
    `SlurmdSpoolDir=${path}/spool-%n`,
    `SlurmdPidFile=${path}/slurmd-%n.pid`,
    `SlurmdLogFile=${path}/slurmd-%n.log`,
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core_Memory',
    'ReturnToService=2',
    'SlurmdTimeout=20',
    'PreemptType=preempt/partition_prio',
    'PreemptMode=REQUEUE',
    `NodeName=n[1-3] NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=[${port + 1}-${port + 3}] CPUs=1 RealMemory=6000`,
    'PartitionName=work Nodes=n[1-3] Default=YES State=UP PriorityTier=1',
    'PartitionName=urgent Nodes=n[1-3] State=UP PriorityTier=2',
  ]
  await writeFile(confOf(path), `${lines.join('\n')}\n`)
}
