import { SyscallError } from '../errors.js'
import { AnswerOp, MAX_PAYLOAD_BYTES, RequestOp } from './frames.js'
import { decodeTree, encodeListTree, encodeNewFile, type AgentError } from './payloads.js'
import type { Task } from './task.js'

/**
 * Reads a file in one round trip; undefined if it has {@link MAX_PAYLOAD_BYTES} or more.
 * @throws SyscallError of open(2) or read(2)
 */
export async function readFile(
  task: Task,
  path: string,
  deadlineMs: number,
): Promise<Buffer | undefined> {
  const asked = { what: () => `read of ${path}`, deadlineMs }
  try {
    const name = Buffer.from(path)
    const answer = await task.ask(RequestOp.readFile, name, asked, AnswerOp.data, failedOn(path))
    return answer.payload
  } catch (error) {
    if (error instanceof SyscallError && error.code === 'EFBIG') return undefined
    throw error
  }
}

/**
 * Creates or replaces a file in one round trip: written under a temporary name, then renamed.
 * @returns false, with nothing done, if path and content exceed one request
 * @throws SyscallError of open(2), write(2) or rename(2)
 */
export async function writeFile(
  task: Task,
  path: string,
  content: Uint8Array,
  mode: number,
  deadlineMs: number,
): Promise<boolean> {
  const payload = encodeNewFile(path, mode, content)
  if (payload.length > MAX_PAYLOAD_BYTES) return false
  const asked = { what: () => `write of ${path}`, deadlineMs }
  await task.ask(RequestOp.writeFile, payload, asked, AnswerOp.ok, failedOn(path))
  return true
}

/** A level, a name of at most 255 bytes, and a null byte. */
const MAX_ENTRY_BYTES = 257

/**
 * Paths of all that is below a folder, which may be missing; mostly in one round trip.
 * @param closed patterns (glob(7)) of folders that are named but not looked into
 */
export async function listTree(
  task: Task,
  folder: string,
  closed: readonly string[],
  deadlineMs: number,
): Promise<string[]> {
  const asked = { what: () => `list of ${folder}`, deadlineMs }
  const parts: Buffer[] = []
  for (let skip = 0; ;) {
    const payload = encodeListTree(skip, [folder, ...closed])
    const part = (
      await task.ask(RequestOp.listTree, payload, asked, AnswerOp.data, failedOn(folder))
    ).payload
    parts.push(part)
    if (part.length <= MAX_PAYLOAD_BYTES - MAX_ENTRY_BYTES)
      return decodeTree(folder, Buffer.concat(parts))
    skip += part.filter(byte => byte === 0).length
  }
}

const failedOn =
  (path: string) =>
  ({ errno, text }: AgentError): Error =>
    new SyscallError(text, [JSON.stringify(path)], errno)
