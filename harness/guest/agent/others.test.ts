import t from 'tap'
import { buildAgent, startAgent } from '../local-agent.fixture.js'
import type { Process } from '../process/types.js'
import { endOthers } from './others.js'

const built = await buildAgent()
const running = await startAgent(built)
const { agent } = running
t.teardown(async () => {
  await running[Symbol.asyncDispose]()
  await built[Symbol.asyncDispose]()
})

const options = { graceMs: 0, stoppedMs: () => 0 }
const patient = { ...options, graceMs: 600_000 }

/** A process that has become a shell with this command line. */
async function sh(line: string): Promise<Process> {
  const shell = await running.process()
  await shell.execve('/bin/sh', ['sh', '-c', line], ['PATH=/bin:/usr/bin'])
  return shell
}

void t.test('a guest where only tasks run has nothing to kill', async t => {
  await using user = await running.process()
  await using child = await user.fork()
  t.strictSame(await agent.others(true), [])
  t.strictSame(await endOthers(agent, options), [])
  t.equal(await child.getpid(), child.pid, 'tasks are left alone')
})

void t.test('a process that outlived its shell is killed after its time, and named', async t => {
  const shell = await sh('setsid sh -c "exec sleep 1000" </dev/null >/dev/null 2>&1 & exit 0')
  await shell.exited
  // The shell has forked it, and it may not have become what it is to be.
  for (;;) {
    const [other] = await agent.others(false)
    if (other?.name === 'sleep') break
  }
  const [left, ...more] = await endOthers(agent, options)
  t.match(left, { name: 'sleep', isLeft: true })
  t.strictSame(more, [])
  t.strictSame(await agent.others(false), [], 'it is gone')
})

void t.test('a process that ends within its time is waited for', async t => {
  await using user = await running.process()
  const [readEnd, writeEnd] = await user.pipe2()
  const shell = await user.fork()
  await shell.dup2(readEnd, 0)
  await shell.execve('/bin/sh', ['sh', '-c', 'exec 3<&0; (read line <&3) & exit 0'], [])
  await user.wait4(shell.pid)
  t.match(await agent.others(false), [{ isLeft: true }])
  const ended = endOthers(agent, patient)
  await user.write(writeEnd, Buffer.from('go on\n'))
  t.strictSame(await ended, [])
})

void t.test('a running shell is killed with all that it forks', async t => {
  for (let round = 0; round < 10; round++) {
    const shell = await sh('while :; do sleep 1000 & done')
    t.strictSame(await endOthers(agent, patient), [])
    t.strictSame(await shell.exited, { code: null, signal: 'SIGKILL' })
    t.strictSame(await agent.others(false), [])
  }
})
