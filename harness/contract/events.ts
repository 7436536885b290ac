/** Version of the shapes in this file; a reader refuses a record with a newer one. */
export const SCHEMA = 3

/**
 * - `pass`, `fail`: the module did, or did not do, what the test says;
 * - `skip`: the test says that it does not apply here, and why;
 * - `error`: the harness or its machine failed, so nothing is known of the module;
 * - `miss`: planned, and not run.
 */
export type Status = 'pass' | 'fail' | 'skip' | 'error' | 'miss'

/** One suite file on one kernel: the unit that is scheduled. */
export interface JobRef {
  /** Unique in its run, and a folder name: `6.1.192-plain/mmap`. */
  readonly id: string
  /**
   * What was asked for, which history goes by: a series, whose newest release changes from night to night, or a
   * release of it, or a source of one's own (`path:/src/linux`).
   */
  readonly kernel: string
  readonly series: string
  readonly release: string
  readonly flavour: string
  /** The suite file's name without `.suite.ts`. */
  readonly suite: string
  /** The bug that was planted in the module, where one was. */
  readonly mutant?: string
}

/** A line of a source, its file relative to the checkout: `module/ring.c`. */
export interface SourceLine {
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** One frame of a call trace. */
export interface TraceFrame {
  readonly function: string
  /** Bytes from the function's start, and its length. */
  readonly offset: number
  readonly size: number
  /** Absent for the kernel's own code. */
  readonly module?: string
  /** Known for frames in the module under test. */
  readonly location?: SourceLine
  /** It was inlined into the frame after it. */
  readonly inline?: true
  /** An address found on the stack that may be a leftover. */
  readonly unreliable?: true
}

/** One line of what is shown of a finding's stacks. */
export type TraceLine =
  | TraceFrame
  /** Another stack begins: `Freed by task 70:`. */
  | { readonly stack: string }
  /** So many frames are left out here. */
  | { readonly more: number }
  /** The frame above stands so many times more. */
  | { readonly again: number }
  | { readonly note: string; readonly location?: SourceLine }

/** What the kernel log said, as reports show it; plain data. */
export interface FindingReport {
  readonly kind: string
  readonly title: string
  /** In the module's source. */
  readonly location?: SourceLine
  /** The stack at fault, innermost first, then the others. */
  readonly trace: readonly TraceLine[]
  /** Sequence numbers of its first and last record in the kernel's log; absent where no record says it. */
  readonly records?: { readonly first: number; readonly last: number }
  /** How often it came, where it came more than once: what is shown is the first. */
  readonly count?: number
  /** The splat as the kernel printed it; bounded. */
  readonly text: string
  /** Set where the allow-list says that this is a known false alarm, and why. */
  readonly allowed?: string
}

/** What speaks against a test, or keeps its verdict from being known. */
export type ProblemKind =
  /** An assertion does not hold, or the test's TAP stream is broken. */
  | 'assertion'
  /** The test, its modules' load or its suite file threw an error. */
  | 'thrown'
  /** A subtest or teardown never ended. */
  | 'unfinished'
  /** It asserted nothing. */
  | 'nothing-asserted'
  /** The kernel complained in its time. */
  | 'finding'
  /** The kernel complained, or the machine ended, a moment too late to be its own. */
  | 'late'
  /** The kernel is tainted. */
  | 'taint'
  /** A value is not as before it. */
  | 'left-behind'
  /** A process outlived the command that started it. */
  | 'left-running'
  /** It did not end in its time. */
  | 'overrun'
  /** Its machine ended. */
  | 'death'
  /** Its machine did not come up. */
  | 'no-boot'
  /** Its worker process ended. */
  | 'worker'
  /** Records of the kernel's log were overwritten before they were read. */
  | 'log-lost'
  /** A check of the kernel is off. */
  | 'unguarded'
  /** The guest could not be asked something at the suite's end. */
  | 'not-asked'
  /** The machine was stopped, and its watchdogs complained of that. */
  | 'stopped'
  /** An error that nobody awaited. */
  | 'stray'
  /** A kernel, its module or a planted bug could not be made ready. */
  | 'build'
  /** Of a record that did not say. */
  | 'unknown'

/** One assertion that did not hold, or one rule that the harness found broken. */
export interface Problem {
  readonly kind: ProblemKind
  readonly message: string
  /** Of an error of ours: `MODULE_DOES_NOT_LOAD`. */
  readonly code?: string
  /** Rendered diagnostics: a diff, a stack, a log excerpt. */
  readonly detail?: string
  /** Where in the suite, or of a build that failed in the module. */
  readonly at?: SourceLine
}

/** How many points of failure one system call had, each of which was made to fail once. */
export interface FaultSweep {
  readonly scenario: string
  readonly points: number
  /** How often it failed, with an error that was expected. */
  readonly errors: number
  /** How often it succeeded all the same. */
  readonly tolerated: number
}

/** A try of a test that did not pass, of a test that did when it was tried again on a fresh machine. */
export interface FailedTry {
  readonly status: 'fail' | 'error'
  readonly cause?: string
  readonly problems: readonly Problem[]
  readonly findings: readonly FindingReport[]
}

/** What is to be known of the machine that a run ran on, to explain why another run went otherwise. */
export interface Host {
  /** `QEMU emulator version 7.2.17 (…)` */
  readonly qemu: string
  readonly accelerator: string
  readonly node: string
  /** `Debian GNU/Linux 12 (bookworm)` */
  readonly system: string
  readonly cores: number
  /** How many times slower it was, when the run began, than the host that deadlines were measured on; from 1. */
  readonly slowness?: number
}

/** What is tested, whatever its sources say now: history goes by it. */
export interface Subject {
  /** The project's name in its `package.json`. */
  readonly project: string
  /** The module's folder, relative to the project. */
  readonly folder: string
  /** Names of the modules that its Kbuild file makes; empty where it does not say them in plain words. */
  readonly modules: readonly string[]
}

/** What a run was asked for: enough to run it again. */
export interface Request {
  readonly kernels: readonly string[]
  readonly flavours: readonly string[]
  readonly suites: readonly string[]
  readonly grep?: string
  readonly cold: boolean
  readonly coverage: boolean
  /** How often a test that failed is tried again. */
  readonly retries: number
  /** Longest that a test was to take, in milliseconds, where that was asked for. */
  readonly timeoutMs?: number
  /** The run whose failure it runs again, where it is a replay. */
  readonly replayOf?: string
}

/**
 * What became of a test on one kernel and flavour since another run. A test that is as it was, has none.
 *
 * - `regressed`: passed then, failed now; `fixed`: the other way round;
 * - `still-failing`: failed then and now;
 * - `flaky`: failed now, and passed when it was tried again;
 * - `new`, `gone`: is in one of the two runs only, though its suite is in both; what is skipped now is gone, too;
 * - `lost`: nothing is known of it now, which says nothing of the module;
 * - `not-run`: it was planned, and was not run.
 */
export type Change =
  'regressed' | 'fixed' | 'still-failing' | 'flaky' | 'new' | 'gone' | 'lost' | 'not-run'

export interface TestChange {
  readonly kernel: string
  readonly flavour: string
  readonly suite: string
  readonly test: string
  readonly change: Change
  /** Undefined when it is gone. */
  readonly now?: Status
  /** Undefined when it is new. */
  readonly before?: Status
  /** Of its last runs, this one included: how often it was flaky. */
  readonly flaky?: { readonly times: number; readonly runs: number }
  /** The run that `before` is of, and the last one in which it passed, when there is one. */
  readonly since?: { readonly run: string; readonly at: string }
  readonly lastGood?: { readonly run: string; readonly at: string }
  /** What else differs between the last good run and this one; of what regressed only. */
  readonly changed?: readonly {
    readonly what: 'module' | 'suites' | 'kernel' | 'compiler' | 'QEMU' | 'accelerator'
    readonly from: string
    readonly to: string
  }[]
}

export interface Counts {
  readonly pass: number
  readonly fail: number
  readonly skip: number
  readonly error: number
  readonly miss: number
  /** How many of those that passed did so when they were tried again. */
  readonly flaky: number
}

/** How many there are, and how many were executed. */
export interface Share {
  readonly covered: number
  readonly total: number
}

/** What was executed of one source file. */
export interface CoveredFile {
  /** Relative to the checkout. */
  readonly file: string
  readonly lines: Share
  readonly functions: Share
  readonly branches: Share
}

/** All durations are in milliseconds of a monotonic clock; `at` is ISO 8601 in UTC. */
export type RunEvent =
  | {
      readonly type: 'run-start'
      readonly schema: number
      readonly run: string
      readonly at: string
      readonly folder: string
      readonly version: string
      readonly commit: string | null
      /** Of the files of module and suites as they were, whatever git says. */
      readonly content: { readonly module: string; readonly suites: string }
      /** Absent in older records. */
      readonly subject?: Subject
      readonly argv: readonly string[]
      readonly host: Host
      /** Undefined for a run of mutants. */
      readonly request?: Request
    }
  | { readonly type: 'plan'; readonly jobs: readonly JobRef[] }
  | {
      /** A run that was interrupted goes on: of jobs that did not end, what was told before is void. */
      readonly type: 'run-resume'
      readonly at: string
      readonly host: Host
    }
  | {
      /** A kernel is built, and the module for it: its jobs may begin. */
      readonly type: 'column'
      readonly kernel: string
      readonly series: string
      readonly release: string
      readonly flavour: string
      /** Source package and version: `linux-source-6.1 6.1.192-2`. */
      readonly source: string
      /** Names all that went into the kernel. */
      readonly key: string
      /** First line of `gcc --version`. */
      readonly compiler: string
      /** The compiler's warnings about the module. */
      readonly warnings: readonly string[]
      /** From the column's turn until its machines could boot. */
      readonly durationMs: number
    }
  | {
      /** A kernel or the module on it could not be built, or its machine did not start: every job of that column is lost. */
      readonly type: 'build-failed'
      readonly kernel: string
      readonly series: string
      readonly release: string
      readonly flavour: string
      readonly status: 'fail' | 'error'
      readonly problem: Problem
    }
  | {
      readonly type: 'job-start'
      readonly job: string
      readonly at: string
      readonly title: string
      readonly tests: readonly string[]
    }
  | { readonly type: 'test-start'; readonly job: string; readonly test: string }
  | {
      readonly type: 'test-end'
      readonly job: string
      readonly test: string
      readonly status: Status
      /** 1 for the first try. */
      readonly attempt: number
      readonly durationMs: number
      /** Why it was skipped, or was lost. */
      readonly reason?: string
      /** How the machine died: `panic`, `oops`, `hang`, … */
      readonly cause?: string
      /** The test did not end within its time. */
      readonly overrun?: boolean
      readonly problems: readonly Problem[]
      readonly findings: readonly FindingReport[]
      readonly sweeps?: readonly FaultSweep[]
      /** Checks that a known finding left off for all of the test or its rest: `lockdep`. */
      readonly unguarded?: readonly string[]
      /** It passed on a later try; this is what the first one said. */
      readonly flaky?: FailedTry
      /** The folder from which it can be run again, in the record's folder. */
      readonly replay?: string
    }
  | {
      /** What is otherwise than in an earlier run: at the end, one for the last runs and one for a baseline. */
      readonly type: 'comparison'
      readonly against: 'last' | 'baseline'
      /** Of a baseline. */
      readonly run?: string
      /** Each test that is not as it was. */
      readonly changes: readonly TestChange[]
      /** How many tests are as they were. */
      readonly unchanged: number
      /** How many suites there is nothing to compare with. */
      readonly fresh: number
      /**
       * Of tests that have not always ended alike: how they ended in their last runs, oldest first and this one
       * left out, a letter each: `p`ass, `f`ail, `s`kip, `e`rror, `m`iss, flak`y`.
       */
      readonly past: readonly {
        readonly job: string
        readonly test: string
        readonly ends: string
      }[]
    }
  | {
      /** What all machines of the run executed of the module. */
      readonly type: 'coverage'
      /** Of `lcov.info` and `index.html`; absolute. */
      readonly folder: string
      readonly files: readonly CoveredFile[]
      /** What none did. */
      readonly gaps: readonly {
        readonly file: string
        readonly line: number
        readonly code: string
        readonly what: string
        readonly reason?: string
      }[]
      /** Reasons for gaps that there are not. */
      readonly unusedReasons: readonly { readonly file: string; readonly code: string }[]
    }
  | { readonly type: 'note'; readonly job: string; readonly text: string }
  /** A machine of the job was booted, because it could not be restored from its template. */
  | { readonly type: 'not-restored'; readonly job: string; readonly why: string }
  | {
      readonly type: 'job-end'
      readonly job: string
      readonly durationMs: number
      readonly counts: Counts
      /** Set when the file as a whole failed: it threw at import, its worker died. */
      readonly problem?: Problem
    }
  | {
      readonly type: 'run-end'
      readonly at: string
      readonly durationMs: number
      readonly counts: Counts
      readonly exitCode: number
      readonly interrupted: boolean
    }

export const noCounts: Counts = { pass: 0, fail: 0, skip: 0, error: 0, miss: 0, flaky: 0 }

/** Adds one test's result to counts. */
export function count(counts: Counts, status: Status, flaky = false): Counts {
  return { ...counts, [status]: counts[status] + 1, flaky: counts.flaky + (flaky ? 1 : 0) }
}
