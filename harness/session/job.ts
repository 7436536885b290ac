import type { JobRef, Problem, RunEvent, Status } from '../contract/events.js'
import type { BrokenProgram, PayloadFile } from '../builder/index.js'
import type { MachineSpec, Template } from '../vm/index.js'
import type { KnownFinding, ModuleSource } from '../verdict/index.js'
import type { SshAccess } from './ssh-access.js'
import type { TemplateRecipe } from './templates.js'
import type { Late } from '../contract/late.js'
import type { Project } from '../project/project.js'

/** What a session needs to have a machine of a column. */
export interface Place {
  readonly machine: Omit<MachineSpec, 'folder' | 'signal'>
  /** Where there is one, machines are restored from it; `machine.initramfs` is for booting without. */
  readonly template?: Template & TemplateRecipe
  /** Further jobs of this run that machines are restored for from the same template; none when not said. */
  readonly following?: number
  /** Programs of the suites that are not in the guest, because they do not compile. */
  readonly brokenPrograms: readonly BrokenProgram[]
  /** What a restored machine gets besides. */
  readonly payload: readonly PayloadFile[]
  readonly ssh: SshAccess
  /** The modules of the payload, for reading their traces. */
  readonly modules: readonly ModuleSource[]
}

/** All that a worker needs to run one suite file on one kernel. Plain data: it crosses a process boundary. */
export interface Job extends Place {
  readonly ref: JobRef
  readonly project: Project
  /** Absolute path of the suite file. */
  readonly file: string
  /** Flavours that a test may say it needs. */
  readonly knownFlavours: readonly string[]
  /** Known false alarms, of every kernel. */
  readonly knownFindings: readonly KnownFinding[]
  /** Where the job's part of the record goes; exists. */
  readonly folder: string
  /** Only tests whose name matches this regular expression. */
  readonly grep?: string
  /** How often a test that failed is tried again, on a fresh machine. */
  readonly retries: number
  /** Longest that a test may take, in milliseconds, whatever it declares and took before. */
  readonly timeoutMs?: number
  /** Longest that tests took in earlier runs, in milliseconds, by their names. */
  readonly pastMs?: Readonly<Record<string, number>>
  /** Stop after the first test that does not pass. */
  readonly bail: boolean
  /** Where what its machines executed is kept, when that is wanted. */
  readonly countsFolder?: string
  /** What is left of a job whose worker went down with a test; absent for a job that begins. */
  readonly rest?: RestOfJob
  /** Leave the machine up at the end: `failed` only when a test did not pass. */
  readonly keep?: 'failed' | 'always'
}

/** What one worker takes over from another that is gone. */
export interface RestOfJob {
  /** Tests without a result, the suite's end among them. */
  readonly tests: readonly string[]
  /** Tests that passed: what they left went with the machine. */
  readonly passed: readonly string[]
  /** What came too late to be a test's, and is told at the suite's end. */
  readonly late: readonly Late[]
  /** The test that the worker went down with, when it has its result; and why. */
  readonly lost?: { readonly test: string; readonly status: Status; readonly problem: Problem }
}

/** How to reach a machine that was left up. */
export interface KeptMachine {
  readonly job: string
  /** A command line for a shell. */
  readonly ssh: string
}

export type ToWorker =
  | { readonly type: 'run'; readonly job: Job }
  /** Load these suite files, and tell the names of their tests. */
  | { readonly type: 'list'; readonly project: Project; readonly files: readonly string[] }
  /** The turn that its job lent while it rested is its own again. */
  | { readonly type: 'go-on' }
  | { readonly type: 'stop' }

export type FromWorker =
  | { readonly type: 'alive' }
  /** Its job waits for nothing but time to pass; and wants to go on. */
  | { readonly type: 'resting' | 'rested' }
  | { readonly type: 'event'; readonly event: RunEvent }
  /** Names of a suite's tests; a file that does not load has none of these messages. */
  | { readonly type: 'declared'; readonly file: string; readonly tests: readonly string[] }
  | { readonly type: 'late'; readonly late: Late }
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

/** What a worker exits with that fails by a mistake of the harness: EX_SOFTWARE of sysexits(3head). */
export const INTERNAL_ERROR = 70
