import type { Test } from 'tap'
import type { ExecOptions, ExecResult, GuestAccess } from '../guest/index.js'
import type { FaultSweep } from '../contract/events.js'
import type { LogRecord } from '../contract/log-record.js'
import type { Finding } from '../verdict/index.js'
import type { ModuleSpec } from './module-spec.js'

/** The kernel that a test runs on. */
export interface GuestKernel {
  /** `6.1` */
  readonly series: string
  /** `uname -r`: `6.1.192` */
  readonly release: string
  readonly flavour: string
}

/** Modules in the guest, by name: those built for this kernel, and the kernel's own (`=m`). */
export interface GuestModules {
  /** Names of all that were built, in an order in which they load. */
  readonly built: readonly string[]
  /** What the compiler and modpost warned of. */
  readonly warnings: readonly string[]
  /**
   * The parameters that it is loaded with, as finit_module(2) takes them (`npages=4`): its own, and
   * those of the project's configuration.
   */
  parameters(module: ModuleSpec): string
  /**
   * @throws SyscallError with the errno that insmod(8) sees; ModproveError `UNKNOWN_PARAMETER`, or
   * `MODULE_DOES_NOT_LOAD` for a module that was not built
   */
  load(module: ModuleSpec): Promise<void>
  /** delete_module(2) with O_NONBLOCK; @throws SyscallError `EWOULDBLOCK` while it is in use */
  unload(name: string): Promise<void>
  /** Fields of modinfo(8): `license`, `parm`, … each with its values. */
  info(name: string): Promise<ReadonlyMap<string, readonly string[]>>
  /** The file of its init function, if known: `module/ring.c`. */
  sourceOf(name: string): Promise<string | undefined>
  /** Path of a module's `.ko` in the guest. */
  path(name: string): string
  /** Loaded modules, in the order of loading; not the kernel's own that they need. */
  loaded(): Promise<string[]>
  /** Column 3 of /proc/modules. @throws when it is not loaded */
  references(name: string): Promise<number>
}

/**
 * A test's access to its machine. Its processes and running commands are killed when the test ends,
 * with all their descendants. A process that outlives its command (`sleep 9 &`, a child that was
 * not waited for) has three seconds to end, within the test; then it is killed, and the test fails.
 * So does one that still uses its guest, or asserts, after its end: an await was forgotten.
 */
export interface TestGuest extends GuestAccess {
  readonly kernel: GuestKernel
  readonly modules: GuestModules
  /**
   * The kernel log up to this call. @param after a position; default: the test's start
   * @throws ModproveError `LOG_INCOMPLETE`
   */
  kernelLog(after?: number): Promise<LogRecord[]>
  /** The position of the kernel log's end: the sequence number of its last record. */
  logPosition(): Promise<number>
  /**
   * Runs a C program of `suites/` that prints TAP or KTAP; each test point becomes an assertion of
   * `t`. A truncated stream, an unmet plan and a non-zero exit status fail.
   */
  tap(t: Test, program: string, args?: readonly string[]): Promise<void>
  /** Guest path of a C program of `suites/`. @throws ModproveError `PROGRAM_DOES_NOT_COMPILE` */
  programPath(name: string): string
  /** Runs a C program of `suites/` and waits for its end. */
  program(name: string, args?: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Whether a finding is a known false alarm, which does not fail the test. */
  isKnown(finding: Finding): boolean
  /**
   * What modules left that are unloaded again, as far as the kernel shows it: `/dev/ring0`,
   * `/proc/devices: 240 ring`, `kernel thread ringd (pid 70)`. What goes within three seconds, was
   * there before a module of the project was loaded, or is a known finding is not.
   */
  leftByModules(): Promise<string[]>
  /** Results of `sweep` in this test. */
  readonly sweeps: FaultSweep[]
}
