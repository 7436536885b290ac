import type { ErrorDetails, ModproveError } from '../platform/errors.js'
import type { JobRef, Problem, RunEvent } from '../contract/events.js'
import type {
  BrokenKselftest,
  BrokenProgram,
  Kselftest,
  ModuleBuild,
  PayloadFile,
  ShippedModule,
} from '../builder/index.js'
import type { MachineSpec, Template } from '../vm/index.js'
import type { KnownFinding, ModuleSource } from '../verdict/index.js'
import type { SshAccess } from './start/ssh-access.js'
import type { TemplateRecipe } from './start/templates.js'
import type { Late } from '../contract/late.js'
import type { Project } from '../project/project.js'

/** All that a session needs to start a machine of a column. */
export interface MachineSetup {
  readonly machine: Omit<MachineSpec, 'folder' | 'signal'>
  /** If present, machines are restored from it; `machine.initramfs` is then only for booting. */
  readonly template?: Template & TemplateRecipe
  /** Further jobs of this run that use the same template; 0 when absent. */
  readonly following?: number
  /** Programs that are not in the guest because they do not compile. */
  readonly brokenPrograms: readonly BrokenProgram[]
  /** Uploaded into restored machines. */
  readonly payload: readonly PayloadFile[]
  readonly ssh: SshAccess
  /** The payload's modules, for symbolizing traces. */
  readonly modules: readonly ModuleSource[]
  /** The compiler's warnings about them. */
  readonly warnings: readonly string[]
  /** The configuration's, and what modules request and no guest has, by module. */
  readonly firmware: {
    readonly named: readonly string[]
    readonly missing: Readonly<Record<string, readonly string[]>>
  }
  readonly project: Pick<Project, 'configFile' | 'parameters'>
  /** Modules of the kernel that are in the guest, in an order in which they load. */
  readonly kernelModules: readonly ShippedModule[]
  /** Names of the modules that init has loaded for the machine's devices; they stay. */
  readonly atBoot: readonly string[]
}

/** The kernel's own tests that this column can run. */
export interface KernelTests {
  /** By target. */
  readonly selftests: Readonly<Record<string, Kselftest | BrokenKselftest>>
  /** Whether results of KUnit can be read. */
  readonly hasKunit: boolean
}

/**
 * All that a worker needs to run one suite file on one kernel. Plain data: sent between processes.
 */
export interface Job extends MachineSetup {
  readonly ref: JobRef
  readonly project: Project
  /** Absolute path of the suite file. */
  readonly file: string
  /** Flavours that a test may require. */
  readonly knownFlavours: readonly string[]
  readonly kernelTests: KernelTests
  /** File with the kernel's complete configuration. */
  readonly kernelConfig: string
  /** No machine is started. */
  readonly onlyBuilt: boolean
  /** Known false alarms, of every kernel. */
  readonly knownFindings: readonly KnownFinding[]
  /** Folder of the job's part of the record; exists. */
  readonly folder: string
  /** Only tests whose name matches this regular expression. */
  readonly grep?: string
  /** How often a failed test is retried, on a fresh machine. */
  readonly retries: number
  /** Timeout of every test in milliseconds, in place of the declared one. */
  readonly timeoutMs?: number
  /** The longest time of each test in earlier runs, in milliseconds, by name. */
  readonly pastMs?: Readonly<Record<string, number>>
  /** Stop after the first test that does not pass. */
  readonly bail: boolean
  /** Where the coverage counts of its machines go, if they are wanted. */
  readonly counts?: CountsWanted
  /** Another job of its run, on the same kernel, has the verdict on what modules leave. */
  readonly leftIsTold?: boolean
  /** What remains of a job whose worker died; absent for a new job. */
  readonly remaining?: RemainingOfJob
  /** Keep the machine up at the end: `failed` only if a test did not pass. */
  readonly keep?: 'failed' | 'always'
}

/** Which coverage counts are taken from a machine. */
export interface CountsWanted {
  /** Folder for them; a machine makes a new one below it. */
  readonly folder: string
  readonly compiledIn: ModuleBuild['compiledIn']
  /** Object files without their endings, from there: `module/driver`. */
  readonly objects: readonly string[]
}

/** What a worker takes over from one that died. */
interface RemainingOfJob {
  /** Tests without a result, including the suite's end. */
  readonly tests: readonly string[]
  /** Number of results in its TAP. */
  readonly written: number
  /** Tests that passed; what they leaked is lost with the machine. */
  readonly passed: readonly string[]
  /** Findings that belong to no test, reported at the suite's end. */
  readonly late: readonly Late[]
  /** The test that ran when the worker died, if it has a result; and why. */
  readonly lost?: { readonly test: string; readonly problem: Problem }
}

/** How to connect to a machine that was kept up. */
export interface KeptMachine {
  readonly job: string
  /** A command line for a shell. */
  readonly ssh: string
}

export type ToWorker =
  | { readonly type: 'run'; readonly job: Job }
  /** Load these suite files, and send the names of their tests. */
  | { readonly type: 'list'; readonly project: Project; readonly files: readonly string[] }
  /** The job has its turn back, which it gave away while it was idle. */
  | { readonly type: 'continue' }
  | { readonly type: 'stop' }

export type FromWorker =
  | { readonly type: 'alive' }
  /** The job only waits for time to pass; or wants to continue. */
  | { readonly type: 'idle' | 'ready' }
  | { readonly type: 'event'; readonly event: RunEvent }
  /** Names of a suite's tests; not sent for a file that does not load. */
  | { readonly type: 'declared'; readonly file: string; readonly tests: readonly string[] }
  | { readonly type: 'late'; readonly late: Late }
  | { readonly type: 'kept'; readonly machine: KeptMachine }
  | { readonly type: 'done' }
  /** The job cannot run, and neither can others: no QEMU, no disk. */
  | { readonly type: 'failed'; readonly error: ErrorData }

/** A ModproveError between processes. */
type ErrorData = Pick<ModproveError, 'code' | 'outcome' | 'message'> &
  Pick<ErrorDetails, 'remedy' | 'detail'>

/** A worker's exit status after an internal error: EX_SOFTWARE of sysexits(3head). */
export const INTERNAL_ERROR = 70
