import { posix } from 'node:path'
import type { ErrnoName } from './abi/errno.js'
import { AT_FDCWD, O_CLOEXEC, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from './abi/files.js'
import { SIGKILL } from './abi/processes.js'
import type { AgentClient } from './agent/client.js'
import type { Task } from './agent/task.js'
import { listTree, readFile, writeFile } from './agent/whole-files.js'
import { CallTimeout, SyscallError, TaskEnded } from './errors.js'
import { harnessError } from '../platform/errors.js'
import type { CommandKeeper } from './ssh/command.js'
import { newProcess } from './process/process.js'
import type { Descriptor, Process } from './process/types.js'

/** flock(2): waits for those that are about to end. */
const LOCK_EX = 2
/** faccessat(2): tests for existence. */
const F_OK = 0
const PART_BYTES = 60 * 1024
const MAX_BYTES = 64 * 1024 * 1024

interface Keeper {
  readonly task: Task
  readonly process: Process
}

/**
 * Accesses the guest's files and process groups through one agent process, which costs a twentieth
 * of an exec. If that process hangs in a file (debugfs can), it is abandoned and replaced.
 */
export class GuestFiles implements CommandKeeper {
  readonly #agent: AgentClient
  #keeper: Promise<Keeper> | undefined

  constructor(agent: AgentClient) {
    this.#agent = agent
  }

  /** @throws SyscallError ENOENT etc.; ModproveError FILE_TOO_LARGE over 64 MiB */
  read(path: string): Promise<Buffer> {
    return this.#use(async (process, task) => {
      const whole = await readFile(task, path, this.#agent.deadlineMs)
      if (whole !== undefined) return whole
      await using file = await process.open(path, O_RDONLY | O_CLOEXEC)
      const parts: Buffer[] = []
      let bytes = 0
      for (;;) {
        const part = await process.read(file, PART_BYTES)
        if (part.length === 0) return Buffer.concat(parts)
        bytes += part.length
        if (bytes > MAX_BYTES) {
          throw harnessError(
            'FILE_TOO_LARGE',
            `${path} in the guest has more than ${MAX_BYTES} bytes`,
          )
        }
        parts.push(part)
      }
    })
  }

  exists(path: string): Promise<boolean> {
    return this.#use(process =>
      process
        .syscall('faccessat', AT_FDCWD, path, F_OK)
        .then(() => true)
        .catch(on('ENOENT', () => false)),
    )
  }

  /**
   * Paths of all that is below a folder, which may be missing.
   * @param closed patterns (glob(7)) of folders that are named but not looked into
   */
  listTree(folder: string, closed: readonly string[]): Promise<string[]> {
    return this.#use((_, task) => listTree(task, folder, closed, this.#agent.deadlineMs))
  }

  /** Writes to an existing file in one write, as sysfs and debugfs require. */
  write(path: string, content: Uint8Array | string): Promise<void> {
    return this.#use(async process => {
      await using file = await process.open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
      await writeAll(process, file, Buffer.from(content), path)
    })
  }

  /** Creates a file and its parent folders; written under a temporary name, then renamed. */
  upload(path: string, content: Uint8Array, mode: number): Promise<void> {
    return this.#use(async (process, task) => {
      const once = () => writeFile(task, path, content, mode, this.#agent.deadlineMs)
      const inFolder = () => makeFolder(process, posix.dirname(path)).then(once)
      if (await once().catch(on('ENOENT', inFolder))) return
      await makeFolder(process, posix.dirname(path))
      const part = `${path}.part`
      const flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
      await using file = await process.open(part, flags, 0o600)
      await writeAll(process, file, content, path)
      await process.syscall('fchmod', file, mode)
      await file.close()
      await process.syscall('renameat', AT_FDCWD, part, AT_FDCWD, path)
    })
  }

  /** SIGKILLs a process group; it may have ended already. */
  killGroup(group: number): Promise<void> {
    return this.#use(process => process.kill(-group, SIGKILL).catch(on('ESRCH', () => undefined)))
  }

  /** No command ends until the result is called: images/guest/agent/main.c. */
  holdExits(): Promise<() => Promise<void>> {
    return this.#use(async process => {
      const lock = await process.open('/bin/agent', O_RDONLY | O_CLOEXEC)
      await process.syscall('flock', lock, LOCK_EX)
      return () => lock.close()
    })
  }

  /** Its own process, which must be spared when all others are ended. */
  async own(): Promise<readonly Process[]> {
    return this.#keeper === undefined ? [] : [(await this.#keeper).process]
  }

  async #use<Result>(act: (process: Process, task: Task) => Promise<Result>): Promise<Result> {
    this.#keeper ??= this.#agent.spawn().then(task => ({ task, process: newProcess(task) }))
    try {
      const { process, task } = await this.#keeper
      return await act(process, task)
    } catch (error) {
      if (error instanceof CallTimeout || error instanceof TaskEnded) this.#keeper = undefined
      throw error
    }
  }
}

/** Handles a call that fails with this error; others are thrown. */
const on =
  <Result>(code: ErrnoName, handle: () => Result) =>
  (error: unknown): Result => {
    if (error instanceof SyscallError && error.code === code) return handle()
    throw error
  }

async function makeFolder(process: Process, path: string): Promise<void> {
  if (path === '/' || path === '.') return
  await process
    .syscall('mkdirat', AT_FDCWD, path, 0o755)
    .catch(on('EEXIST', () => undefined))
    .catch(
      on('ENOENT', async () => {
        await makeFolder(process, posix.dirname(path))
        await makeFolder(process, path)
      }),
    )
}

async function writeAll(
  process: Process,
  file: Descriptor,
  content: Uint8Array,
  path: string,
): Promise<void> {
  for (let at = 0; at < content.length;) {
    const part = content.subarray(at, at + PART_BYTES)
    const written = await process.write(file, part)
    if (written === 0)
      throw harnessError('GUEST_WRITE_FAILED', `${path} in the guest takes no more`)
    at += written
  }
}
