import type { Process } from './process/types.js'
import type { ExecOptions, ExecResult, RunningCommand } from './ssh/command.js'

/** Processes, commands and files of the guest. */
export interface GuestAccess {
  /**
   * Starts a process that makes the system calls a test requests, with descriptors 0, 1 and 2 on
   * /dev/null; the first it opens is 3.
   */
  process(): Promise<Process>
  /** Runs a command line in sh, or a program with arguments, and waits for it. */
  exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Starts a program whose output is read live. Both streams must be read. */
  stream(command: string | readonly string[]): Promise<RunningCommand>
  /** A file's text: procfs, sysfs, debugfs. @throws SyscallError ENOENT etc. */
  readFile(path: string): Promise<string>
  /** A file's content. @throws SyscallError ENOENT etc. */
  readBytes(path: string): Promise<Buffer>
  /** Writes to an existing file: sysfs, debugfs, /proc. */
  writeFile(path: string, content: Uint8Array | string): Promise<void>
  /** Writes a file and its parent folders; replaces an existing file atomically. */
  upload(path: string, content: Uint8Array, mode?: number): Promise<void>
  /** Whether there is such a file or folder. */
  exists(path: string): Promise<boolean>
}
