import t from 'tap'
import { owned } from './owned.js'

/** More than one argument may have: MAX_ARG_STRLEN, include/uapi/linux/binfmts.h. */
const TOO_LONG = 'x'.repeat(1024 * 1024)

void t.test('how a program ended is told', async t => {
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

void t.test('a program that cannot be started is told at once, with what the kernel says', t => {
  t.throws(() => owned('true', [TOO_LONG]), { code: 'PROCESS_NOT_STARTED', detail: /E2BIG/ })
  t.end()
})
