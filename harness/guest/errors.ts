import { ModproveError } from '../platform/errors.js'
import { describeErrno } from './abi/errno.js'

/** A system call that failed in the guest; its message has strace's format. */
export class SyscallError extends Error {
  override readonly name = 'SyscallError'
  /** `EFAULT` */
  readonly code: string
  readonly errno: number
  /** `ioctl` */
  readonly syscall: string
  /** As printed in the message. */
  readonly args: readonly string[]

  /** @param reason why it failed, if more is known than the error */
  constructor(syscall: string, args: readonly string[], errno: number, reason?: string) {
    const { name, text } = describeErrno(errno)
    const more = reason === undefined ? '' : `: ${reason}`
    super(`${syscall}(${args.join(', ')}): ${name} (${text})${more}`)
    this.code = name
    this.errno = errno
    this.syscall = syscall
    this.args = args
  }
}

/** Accessing the process's own memory raised a signal; the process survives. */
export class MemoryFault extends Error {
  override readonly name = 'MemoryFault'
  readonly code: 'SIGSEGV' | 'SIGBUS'
  readonly signal: 'SIGSEGV' | 'SIGBUS'
  /** Address of the fault: exact to the page, not always to the byte. */
  readonly address: bigint

  constructor(doing: string, signal: 'SIGSEGV' | 'SIGBUS', address: bigint) {
    super(`${doing}: ${signal} at 0x${address.toString(16)}`)
    this.code = signal
    this.signal = signal
    this.address = address
  }
}

/** No answer before the deadline. The call may still be blocked in the guest's kernel. */
export class CallTimeout extends ModproveError {
  override readonly name = 'CallTimeout'

  constructor(what: string, deadlineMs: number) {
    super('CALL_TIMEOUT', 'failed', `${what}: no answer within ${deadlineMs} ms`, {
      remedy: 'a call that is meant to block needs a longer deadline: process.within(ms)',
    })
  }
}

/** The process or thread that a call was sent to has ended. */
export class TaskEnded extends ModproveError {
  override readonly name = 'TaskEnded'

  constructor(what: string, how: string) {
    super('TASK_ENDED', 'failed', `${what}: ${how}`)
  }
}

/** The connection to the guest or its agent was lost, usually because the machine died. */
export class ConnectionLost extends ModproveError {
  override readonly name = 'ConnectionLost'

  constructor(what: string, cause?: unknown) {
    super('CONNECTION_LOST', 'harness', what, {
      cause,
      remedy: "the machine's console.log shows the last kernel messages",
    })
  }
}

/** The guest sent something that no agent sends. */
export class ProtocolError extends ModproveError {
  override readonly name = 'ProtocolError'

  constructor(what: string) {
    super('AGENT_PROTOCOL', 'harness', `the guest's agent ${what}`, {
      remedy:
        'images/guest/agent/ and harness/guest/agent/ may be of different versions: rebuild the image',
    })
  }
}

/** Ignores a failed release if the process is gone, and its resources with it. */
export async function unlessGone(release: Promise<unknown>): Promise<void> {
  await release.catch((error: unknown) => {
    if (!(error instanceof TaskEnded || error instanceof ConnectionLost)) throw error
  })
}
