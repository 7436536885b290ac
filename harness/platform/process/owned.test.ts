import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import t from 'tap'
import { owned, type OwnedProcess } from './owned.js'

/** More than one argument may have: MAX_ARG_STRLEN, include/uapi/linux/binfmts.h. */
const TOO_LONG = 'x'.repeat(1024 * 1024)

void t.test('it says how a program ended', async t => {
  const { child, ended } = owned('sh', ['-c', 'exit 7'])
  child.stdout?.resume()
  child.stderr?.resume()
  t.strictSame(await ended, { exitCode: 7, signal: undefined })

  const sleeper = owned('sleep', ['1000'])
  sleeper.child.stdout?.resume()
  sleeper.child.stderr?.resume()
  sleeper.child.kill('SIGKILL')
  t.strictSame(await sleeper.ended, { exitCode: undefined, signal: 'SIGKILL' })
})

void t.test('a program that cannot be started is reported at once', t => {
  t.throws(() => owned('true', [TOO_LONG]), { code: 'PROCESS_NOT_STARTED' })
  t.end()
})

/** What a program prints first, as a number. */
async function firstNumber({ child }: OwnedProcess): Promise<number> {
  const [chunk] = (await once(child.stdout as Readable, 'data')) as [Buffer]
  child.stderr?.resume()
  return Number(chunk.toString())
}

const isAlive = (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/stat`, 'latin1').then(
    // A zombie is one that nobody has waited for: whoever is pid 1 here may never.
    text => !/^.*\) [ZX]/s.test(text),
    () => false,
  )

void t.test('what a program started is ended with it', async t => {
  for (const end of ['exit 3', 'wait']) {
    const program = owned('sh', ['-c', `sleep 1000 & echo $!; ${end}`])
    const sleeper = await firstNumber(program)
    if (end === 'wait') program.kill()
    t.match(await program.ended, end === 'wait' ? { signal: 'SIGKILL' } : { exitCode: 3 })
    t.notOk(await isAlive(sleeper), `${end}: its child is gone`)
  }
})

void t.test('who holds the output of a program from elsewhere does not hold its end', async t => {
  const program = owned('sh', ['-c', 'setsid sleep 1000 & echo $!; exit 4'])
  const sleeper = await firstNumber(program)
  t.strictSame(await program.ended, { exitCode: 4, signal: undefined })
  process.kill(sleeper, 'SIGKILL')
})
