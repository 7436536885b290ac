import t from 'tap'
import type { ExecOptions } from './command.js'
import { commandLine } from './command-line.js'

t.test('words reach the guest as they are', t => {
  t.equal(commandLine('exec', 'a | b'), 'a | b')
  t.equal(commandLine('exec', ['a', "it's", '$b', '']), `a 'it'\\''s' '$b' ''`)
  t.end()
})

t.test('a call of another form is refused, and says the form', t => {
  const cases: [command: unknown, options: unknown, message: RegExp][] = [
    ['sh', ['-c', 'ls'], /^guest\.exec\(\): options should be an object: { timeoutMs: 5000 }, got/],
    ['ls', { timeout: 5 }, /options\.timeout is unknown\. Did you mean "timeoutMs"\?$/],
    ['ls', { timeoutMs: 0 }, /options\.timeoutMs should be a number, more than 0, got 0$/],
    [undefined, {}, /^guest\.exec\(\): command is missing: it should be a command line, or its/],
    [['kill', 9], {}, /command should be a command line, or its words: \['ls', '\/dev'\]/],
    ['', {}, /command should be a command line/],
  ]
  for (const [command, options, message] of cases)
    t.throws(() => commandLine('exec', command as string, options as ExecOptions), {
      code: 'SUITE_OPTIONS',
      message,
    })
  t.end()
})
