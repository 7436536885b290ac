import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const fixture = fileURLToPath(new URL('interruption.fixture.ts', import.meta.url))

/** Runs the fixture so that its exit status is kept, whatever becomes of who started it. */
const command = (file: string): string =>
  `trap '' HUP; node --import tsx ${fixture}; echo $? >${file}`

const pidIn = (output: unknown): number => Number(/pid (\d+)/.exec(String(output))?.[1])

async function statusIn(file: string): Promise<number> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text !== '') return Number(text)
    await pause(20)
  }
}

t.test('a vanished terminal interrupts the run, and Node does not abort', async t => {
  const file = join(t.testdir(), 'status')
  // script(1) runs a command on a terminal of its own, which goes when it is killed.
  const terminal = spawn('script', ['-qec', command(file), '/dev/null'])
  const [said] = (await once(terminal.stdout, 'data')) as unknown[]
  const ended = once(terminal, 'close')
  terminal.kill('SIGKILL')
  await ended
  process.kill(pidIn(said), 'SIGHUP')
  t.equal(await statusIn(file), 130)
})
