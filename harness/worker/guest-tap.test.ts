import { PassThrough } from 'node:stream'
import t from 'tap'
import type { Exit, RunningCommand } from '../guest/index.js'
import { withTap, type TapOutcome } from './with-tap.js'
import { readTap } from '../session/guest-tap.js'

const AT = { file: 'suites/threads.suite.ts', line: 7 }

/** A program that prints this and exits like this, unless killed before. */
async function ran(
  stdout: string | Iterable<Buffer>,
  exit: Partial<Exit> = {},
): Promise<TapOutcome> {
  const [out, err] = [new PassThrough(), new PassThrough()]
  let kill: (exit: Exit) => void = () => undefined
  const killed = new Promise<Exit>(resolve => (kill = resolve))
  const ended = (async () => {
    for (const part of typeof stdout === 'string' ? [Buffer.from(stdout)] : stdout)
      if (!out.write(part)) await new Promise(resolve => out.once('drain', resolve))
    err.end('perror: no memory\n')
    out.end()
    await new Promise(resolve => out.once('end', resolve))
    return { code: 0, signal: null, ...exit }
  })()
  const running: RunningCommand = {
    stdin: new PassThrough(),
    stdout: out,
    stderr: err,
    exited: Promise.race([ended, killed]),
    kill: async () => kill({ code: null, signal: 'KILL' }),
  }
  return withTap('a program', async t => {
    await readTap(t, 'threads', running, AT)
    return []
  })
}

const messages = ({ problems }: TapOutcome): string[] => problems.map(({ message }) => message)

void t.test(
  'test points become assertions, and a failed one brings what was said before it',
  async t => {
    t.strictSame(messages(await ran('1..2\nok 1 a\nok 2 b # XFAIL not yet\n')), [])
    const failed = await ran('1..2\nok 1 a\n# expected 3, got 4\nnot ok 2 b\n', { code: 1 })
    t.strictSame(messages(failed), ['b', 'threads ended with status 1'])
    t.match(failed.problems, [{ detail: '# expected 3, got 4' }, { detail: 'perror: no memory' }])
  },
)

void t.test('a program that died, or lost a part of its stream, fails for that', async t => {
  const died = await ran('1..2\nok 1 a\n', { code: null, signal: 'SEGV' })
  t.strictSame(messages(died), [
    'threads ended by SIGSEGV',
    'threads: a plan of 2 tests, and 1 came',
  ])
  const silent = await ran('')
  t.match(messages(silent), [/^threads printed no result: print "1\.\.1"/])
  for (const { at } of [...died.problems, ...silent.problems]) t.strictSame(at, AT)
})

void t.test(
  'a program that skips everything is skipped, with kselftest.h its status 4 too',
  async t => {
    t.equal((await ran('1..0 # SKIP no device\n', { code: 4 })).skipped, 'no device')
    t.equal((await ran('1..1\nok 1 # SKIP no memory\n', { code: 4 })).skipped, 'no memory')
    t.strictSame(messages(await ran('1..1\nok 1 a\n', { code: 4 })), [
      'threads ended with status 4',
    ])
  },
)

void t.test('what fails without end, under names without end, is bounded', async t => {
  const deep = 20
  const open = Array.from(
    { length: deep },
    (_, level) => `${'    '.repeat(level)}# Subtest: ${'n'.repeat(900)}`,
  )
  const points = Array.from(
    { length: 1200 },
    (_, index) => `${'    '.repeat(deep)}not ok ${index + 1} here`,
  )
  const said = messages(await ran(`${[...open, ...points].join('\n')}\n`, { code: 1 }))
  t.ok(said.length < 1050, `${said.length} problems`)
  t.ok(
    said.every(message => message.length < 1200),
    'short ones',
  )
  t.match(said[0], /^….* > here$/, 'the innermost names are kept')
  t.ok(said.some(message => /^threads: \d{3} more tests failed$/.test(message)))
})

void t.test('a flood ends the program', async t => {
  const mebibyte = Buffer.alloc(1024 * 1024, `${'y'.repeat(1023)}\n`)
  function* flood(): Generator<Buffer> {
    for (let n = 0; n < 20; n += 1) yield mebibyte
  }
  t.strictSame(messages(await ran(flood(), { code: 1 })), [
    'threads: printed more than 16777216 bytes',
  ])
})
