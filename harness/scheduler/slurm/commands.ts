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

/** A job, or elements of an array, that waits or runs. */
export interface QueuedJob {
  /** `PENDING`, `RUNNING`, `COMPLETING`, … */
  readonly state: string
  /** Why it waits: `Resources`, `Dependency`, `PartitionDown`, … */
  readonly reason: string
}

/** The jobs of a name that have not ended. @throws as {@link submit} */
export async function queued(name: string): Promise<QueuedJob[]> {
  const said = await slurm(['squeue', '--noheader', `--name=${name}`, '--array', '--format=%T %r'])
  return said.split('\n').flatMap(line => {
    const [, state, reason = ''] = /^(\S+) (.*)$/.exec(line.trim()) ?? []
    return state === undefined ? [] : [{ state, reason }]
  })
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
