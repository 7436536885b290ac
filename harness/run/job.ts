import type { JobRef, RunEvent } from '../events.js'
import type { MachineSpec } from '../vm/index.js'

/** One module file, for the guest and for reading its traces. */
export interface JobModule {
  readonly name: string
  /** With DWARF; stays on the host. */
  readonly debugKo: string
}

/** All that a worker needs to run one suite file on one kernel. Plain data: it crosses a process boundary. */
export interface Job {
  readonly ref: JobRef
  /** Absolute path of the suite file. */
  readonly file: string
  readonly machine: Omit<MachineSpec, 'folder' | 'signal'>
  readonly ssh: { readonly privateKeyFile: string; readonly hostKey: string }
  readonly modules: readonly JobModule[]
  /** Folder that the module was compiled in, as DWARF names it. */
  readonly moduleBuildFolder: string
  /** Where the job's part of the record goes; exists. */
  readonly folder: string
  /** Only tests whose name matches this regular expression. */
  readonly grep?: string
  /** Stop after the first test that fails. */
  readonly bail: boolean
  /** Leave the machine up at the end: `failed` only when a test did not pass. */
  readonly keep?: 'failed' | 'always'
}

/** How to reach a machine that was left up. */
export interface KeptMachine {
  readonly job: string
  readonly ssh: string
}

export type ToWorker = { readonly type: 'run'; readonly job: Job } | { readonly type: 'stop' }

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'kept'; readonly machine: KeptMachine }
  | { readonly type: 'done' }
  | {
      /** The job could not be run at all, and another would not fare better: no QEMU, no disk. */
      readonly type: 'failed'
      readonly error: {
        readonly code: string
        readonly exitCode: number
        readonly message: string
        readonly remedy?: string
        readonly detail?: string
      }
    }
