import t from 'tap'
import type { ExecOptions } from './command.js'
import { commandLine } from './command-line.js'

t.test('words reach the guest as they are', t => {
  t.equal(commandLine('exec', 'a | b'), 'a | b')
  t.equal(commandLine('exec', ['a', "it's", '$b', '']), `a 'it'\\''s' '$b' ''`)
  t.equal(commandLine('exec', 'cat', { stdin: 'x', timeoutMs: 5, maxBytes: 6 }), 'cat')
  t.end()
})

t.test('a call of another form is refused, and says the form', t => {
  const [words, options] = [
    /^guest\.exec\(\) takes a command line, or its words: /,
    /takes options/,
  ]
  const cases: [command: unknown, options: unknown, message: RegExp][] = [
    [
      'sh',
      ['-c', 'ls'],
      /takes options such as { timeoutMs: 5000 }: stdin, timeoutMs, maxBytes\.$/,
    ],
    ['ls', { timeout: 5 }, /options .*\. Did you mean "timeoutMs"\?$/],
    ['ls', 5, options],
    [undefined, {}, words],
    [['kill', 9], {}, words],
    [[], {}, words],
    [' ', {}, /takes a command: it is empty$/],
  ]
  for (const [command, options, message] of cases)
    t.throws(() => commandLine('exec', command as string, options as ExecOptions), {
      code: 'SUITE_OPTIONS',
      message,
    })
  t.end()
})
