import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { script } from '../platform/process/script.js'
import { AgentClient, type AgentOptions } from './agent/client.js'
import type { Hello } from './agent/payloads.js'
import { GuestFiles } from './files.js'
import { newProcess } from './process/process.js'
import type { Process } from './process/types.js'

const sources = fileURLToPath(new URL('../../images/guest/agent', import.meta.url))

/** The guest's agent as a program on this host, for tests. */
export interface LocalAgent extends AsyncDisposable {
  readonly file: string
}

/** Path of an existing agent, for tests repeated with another build of it. */
export const AGENT_VARIABLE = 'MODPROVE_TEST_AGENT'

/** Builds it as it is shipped (harness/builder/image/own-programs.ts), unless given other flags. */
export async function buildAgent(
  compiler = 'gcc',
  flags: readonly string[] = ['-static', '-O2'],
): Promise<LocalAgent> {
  const given = process.env[AGENT_VARIABLE]
  if (given) return { file: given, [Symbol.asyncDispose]: () => Promise.resolve() }
  const folder = await mkdtemp(join(tmpdir(), 'modprove-agent-'))
  const file = join(folder, 'agent')
  const files = (await readdir(sources)).filter(name => name.endsWith('.c'))
  const strict = ['-Wall', '-Wextra', '-Wmissing-prototypes', '-Werror']
  await script({ cwd: sources })`${compiler} ${flags} ${strict} -pthread -o ${file} ${files}`
  return {
    file,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

export interface RunningAgent extends AsyncDisposable {
  readonly agent: AgentClient
  readonly hello: Hello
  readonly files: GuestFiles
  /** Resolves with the agent's exit status. */
  readonly exited: Promise<number | null>
  process(): Promise<Process>
}

export async function startAgent(
  { file }: LocalAgent,
  options: Partial<AgentOptions> = {},
): Promise<RunningAgent> {
  const child = spawn(file, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = new Promise<number | null>(resolve => child.on('exit', resolve))
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
  const { agent, hello } = await AgentClient.open(stream, { deadlineMs: 10_000, ...options })
  return {
    agent,
    hello,
    files: new GuestFiles(agent),
    exited,
    process: async () => newProcess(await agent.spawn()),
    async [Symbol.asyncDispose]() {
      agent.close()
      await exited
    },
  }
}
