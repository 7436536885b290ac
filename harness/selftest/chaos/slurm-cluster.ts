import { setTimeout as sleep } from 'node:timers/promises'
import { harnessError } from '../../platform/errors.js'
import { privateFolder, type PrivateFolder } from '../../platform/files/private-folder.js'
import { owned, type OwnedProcess } from '../../platform/process/owned.js'
import { script } from '../../platform/process/script.js'
import { processesWith, type MarkedProcess } from './marked.js'
import { scaledHere } from '../../platform/waiting/deadlines.js'
import { confOf, configureSlurm, NODES, type Node } from './slurm-conf.js'

type Wrappers = Readonly<Partial<Record<Node, readonly string[]>>>

const START_MS = 60_000
const LOOK_AGAIN_MS = 200

/** A real Slurm on loopback: a controller and three nodes, all on this host. */
export class SlurmCluster implements AsyncDisposable {
  readonly #folder: PrivateFolder
  readonly #daemons = new Map<string, OwnedProcess>()
  readonly #wrappers: Wrappers
  /** For every command of Slurm. */
  readonly env: Readonly<Record<string, string>>

  private constructor(folder: PrivateFolder, wrappers: Wrappers) {
    this.#folder = folder
    this.#wrappers = wrappers
    this.env = { SLURM_CONF: confOf(folder.path) }
  }

  /**
   * @param wrappers prefix words for nodes that are to see another host than the others
   * @throws ModproveError `NOT_INSTALLED`; `NO_SLURM` when it does not come up
   */
  static async start(wrappers: Wrappers = {}): Promise<SlurmCluster> {
    if (
      (await script()`PATH=$PATH:/usr/sbin; command -v munged slurmctld slurmd`.nothrow())
        .exitCode !== 0
    )
      throw harnessError('NOT_INSTALLED', 'Slurm is not installed here', {
        remedy: 'Install it as root: node harness/cli/setup.js --slurm',
      })
    const folder = await privateFolder({ TMPDIR: '/tmp' })
    const cluster = new SlurmCluster(folder, wrappers)
    try {
      await configureSlurm(folder.path)
      const { path } = folder
      const files = ['key-file', 'pid-file', 'log-file', 'seed-file'].map(
        name => `--${name}=${path}/munge.${name}`,
      )
      cluster.#run('munged', [
        'munged',
        '--foreground',
        '--force',
        `--socket=${path}/munge.sock`,
        ...files,
      ])
      cluster.startController()
      for (const node of NODES) cluster.startNode(node)
      await cluster.untilIdle()
    } catch (error) {
      await cluster[Symbol.asyncDispose]()
      throw error
    }
    return cluster
  }

  #run(name: string, [command = '', ...args]: readonly string[]): void {
    const daemon = owned(command, args, { env: { ...this.env } })
    daemon.child.stdout?.resume()
    daemon.child.stderr?.resume()
    this.#daemons.set(name, daemon)
  }

  startController(): void {
    this.#run('slurmctld', ['slurmctld', '-D'])
  }

  startNode(node: Node, options: readonly string[] = []): void {
    const wrapper = this.#wrappers[node] ?? []
    this.#run(node, [...wrapper, 'slurmd', '-D', '-N', node, ...options])
  }

  /** After a crash: Slurm is told that what ran there is gone, instead of looking for minutes. */
  bootNode(node: Node): void {
    this.startNode(node, ['-b'])
  }

  /** As a crash does: of a node, the jobs on it, too. */
  async kill(name: Node | 'slurmctld'): Promise<void> {
    this.#daemons.get(name)?.kill()
    await this.#daemons.get(name)?.ended
  }

  /** As a node's crash does: its daemon and all that runs there end at once. */
  async crash(node: Node): Promise<void> {
    const there = await this.#processesOn(node)
    await this.kill(node)
    for (const { pid } of there) killIfThere(pid)
  }

  /** Resolves with the nodes on which machines run. @throws ModproveError `NO_SLURM` */
  busyNodes(): Promise<Node[]> {
    return until('No machine ran on a node', async () => {
      const busy: Node[] = []
      for (const node of NODES) {
        const there = await this.#processesOn(node)
        if (there.some(({ name }) => name.startsWith('qemu-system'))) busy.push(node)
      }
      return busy.length === 0 ? undefined : busy
    })
  }

  /** Kills what modprove has started there, or been started as. */
  async killWorker(node: Node): Promise<void> {
    for (const { pid, name } of await this.#processesOn(node)) if (name === 'node') killIfThere(pid)
  }

  /** What jobs started there. */
  #processesOn(node: Node): Promise<MarkedProcess[]> {
    return processesWith({ ...this.env, SLURMD_NODENAME: node })
  }

  /** The output of one of Slurm's commands. */
  async ask(words: readonly string[]): Promise<string> {
    return (await script({ env: this.env })`${words}`).stdout.trim()
  }

  /**
   * As an administrator does after a controller was killed: it takes nodes for bad that ran what it
   * forgot to have begun, and for running what it forgot to have ended.
   */
  async lookAfterNodes(): Promise<void> {
    const drained = (await this.#states()).filter(line => / drain(?:ed|ing)/.test(line))
    for (const line of drained)
      await this.ask(['scontrol', 'update', `NodeName=${line.split(' ')[0]}`, 'State=RESUME'])
    await this.ask(['scontrol', 'reconfigure'])
  }

  /** `n1 idle` */
  async #states(): Promise<string[]> {
    const words = ['sinfo', '--noheader', '--Node', '--format=%N %T', '--partition=work']
    return (await this.ask(words).catch(() => '')).split('\n')
  }

  /** Resolves when all nodes are there, and none works. @throws ModproveError `NO_SLURM` */
  async untilIdle(): Promise<void> {
    await until('Slurm did not come up', async () => {
      const idle = (await this.#states()).filter(line => line.endsWith(' idle'))
      return idle.length === NODES.length || undefined
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { kill, ended } of [...this.#daemons.values()].reverse()) {
      kill()
      await ended
    }
    await this.#folder[Symbol.asyncDispose]()
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Polls, because Slurm sends no events. @throws ModproveError `NO_SLURM` */
export async function until<T>(otherwise: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + scaledHere(START_MS)
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > end) throw harnessError('NO_SLURM', otherwise)
    await sleep(LOOK_AGAIN_MS)
  }
}
