import type { Test } from 'tap'
import type { ExecOptions, ExecResult, Guest, Process } from '../guest/index.js'
import type { FaultSweep } from '../contract/events.js'
import type { LogRecord } from '../contract/log-record.js'
import type { ModuleSpec } from './module-spec.js'

/** The kernel that a test runs on. */
export interface GuestKernel {
  /** `6.1` */
  readonly series: string
  /** `uname -r`: `6.1.192` */
  readonly release: string
  readonly flavour: string
}

/** Modules in the guest: those built for this kernel, by name. */
export interface GuestModules {
  /** @throws SyscallError with the kernel's errno, as insmod(8) would see it; ModproveError `UNKNOWN_PARAMETER` */
  load(module: ModuleSpec): Promise<void>
  /** delete_module(2) with O_NONBLOCK; @throws SyscallError `EWOULDBLOCK` while it is in use */
  unload(name: string): Promise<void>
  /** Where a module's `.ko` lies in the guest. */
  path(name: string): string
  /** Those of the payload that are loaded, in the order of loading. */
  loaded(): Promise<string[]>
  /** Column 3 of /proc/modules. @throws when it is not loaded */
  references(name: string): Promise<number>
}

/**
 * What a test holds of its machine. Its processes and running commands are killed when the test ends, with all that they
 * started. What outlived the command that started it (`sleep 9 &`, a child that a program did not wait for) has three seconds
 * to end by itself, within the test; what then still runs is killed, and fails the test.
 */
export interface TestGuest {
  readonly kernel: GuestKernel
  readonly modules: GuestModules
  /** A fresh process in the guest that does the system calls it is told to. */
  process(): Promise<Process>
  /** Runs one command over ssh and waits for its end. */
  exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** The kernel's log since the test began, complete up to this call. @throws ModproveError `LOG_INCOMPLETE` */
  kernelLog(): Promise<LogRecord[]>
  /** A file's text: procfs, sysfs, debugfs. */
  readFile(path: string): Promise<string>
  /**
   * Runs a C program of `suites/` that prints TAP or KTAP; each of its test points becomes an assertion
   * of `t`. A stream that is cut off, a plan that is not kept and a non-zero status fail.
   */
  tap(t: Test, program: string, args?: readonly string[]): Promise<void>
  /** Where a C program of `suites/` lies in the guest, for execve(2). @throws ModproveError `PROGRAM_DOES_NOT_COMPILE` */
  programPath(name: string): string
  /** Runs a C program of `suites/` and waits for its end. */
  program(name: string, args?: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** What `sweep` counted in this test. */
  readonly sweeps: FaultSweep[]
  /** The connection beneath, for what the above do not cover. */
  readonly connection: Guest
}
