import { harnessError } from '../../platform/errors.js'
import { ProcessOutput, script } from '../../platform/process/script.js'

/** A busy controller makes its clients wait, and ask again. */
const ANSWER_MS = 120_000
/** Of the shell, for a command that it does not find. */
const NOT_FOUND = 127

/**
 * Hands a line of sh to Slurm.
 * @param options of sbatch(1)
 * @returns the job's id
 * @throws ModproveError `SLURM_MISSING`; `SLURM_REFUSED` with Slurm's own words
 */
export async function submit(options: readonly string[], line: string): Promise<string> {
  const said = await slurm(['sbatch', '--parsable', ...options, '--wrap', line])
  // Of several clusters, the name follows.
  const [id = ''] = said.trim().split(';')
  return id
}

/** A job, or an element of an array. */
export interface SlurmJob {
  /** Unique: `17_4` */
  readonly id: string
  /** Of the array's element; undefined outside an array. */
  readonly index: number | undefined
  /** `PENDING`, `RUNNING`, `FAILED`, … */
  readonly state: string
  /** Where it runs or ran; empty while it waits. */
  readonly node: string
  /** Why it waits or failed: `Resources`, `Dependency`, `NonZeroExitCode`, … */
  readonly reason: string
}

const FORMAT = '%F|%K|%T|%N|%r'

/** The jobs of a name; those that ended only for some minutes. @throws as {@link submit} */
export async function jobsOf(name: string): Promise<SlurmJob[]> {
  const options = ['--noheader', '--states=all', '--array', `--format=${FORMAT}`]
  const said = await slurm(['squeue', `--name=${name}`, ...options])
  return said.split('\n').flatMap(line => {
    const [job, element = '', state, node = '', ...reason] = line.trim().split('|')
    if (state === undefined) return []
    const index = /^\d+$/.test(element) ? Number(element) : undefined
    return [
      {
        id: index === undefined ? `${job}` : `${job}_${element}`,
        index,
        state,
        node,
        reason: reason.join('|'),
      },
    ]
  })
}

/** squeue(1), job state codes. */
const ENDED =
  /^(BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|TIMEOUT)$/

export const hasEnded = ({ state }: SlurmJob): boolean => ENDED.test(state)

/** Whether Slurm could not begin it, and waits for someone who lets it go on. */
export const isHeld = ({ reason }: SlurmJob): boolean =>
  /^launch.failed.requeued.held$/.test(reason)

/** Ends a job. @throws as {@link submit} */
export const cancelOne = async ({ id }: SlurmJob): Promise<void> => {
  await slurm(['scancel', id])
}

/** Ends all jobs of a name. @throws as {@link submit} */
export const cancel = async (name: string): Promise<void> => {
  await slurm(['scancel', `--name=${name}`])
}

async function slurm(words: readonly string[]): Promise<string> {
  try {
    return (await script({ timeoutMs: ANSWER_MS })`${words}`).stdout
  } catch (cause) {
    if (!(cause instanceof ProcessOutput)) throw cause
    const remedy = 'See what it says; to run on this host alone: modprove run --on local'
    if (cause.exitCode === NOT_FOUND) {
      throw harnessError('SLURM_MISSING', `There is no ${words[0]} here`, { remedy, cause })
    }
    const detail = cause.stderr.trim() || `${words[0]} ended with ${cause.signal ?? cause.exitCode}`
    throw harnessError('SLURM_REFUSED', `Slurm refuses ${words[0]}`, { detail, remedy, cause })
  }
}
