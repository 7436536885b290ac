import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import t from 'tap'
import { packageRoot } from '../platform/files/package-root.js'
import { addCommand } from './command.js'
import { commands } from './options/index.js'

interface Parsed {
  readonly args: readonly string[]
  readonly options: object
}

/** What a command is given of a command line. */
async function parsed(...words: readonly string[]): Promise<Parsed> {
  const program = new Command('modprove').enablePositionalOptions().exitOverride()
  let got: Parsed | undefined
  for (const command of commands) {
    addCommand(program, command, async (args, options) => {
      got = { args, options }
    })
  }
  await program.parseAsync(words, { from: 'user' })
  if (got === undefined) throw new Error('nothing was carried out')
  return got
}

void t.test('options after the first word of a command belong to that command', async t => {
  const words = ['sh', '-c', 'echo hi', '--flavour', 'odd', '--help', '--', '-x']
  t.match(await parsed('shell', '--flavour', 'debug', ...words), {
    args: words,
    options: { flavour: 'debug', accel: 'auto' },
  })
})

void t.test('words after -- are a command, too', async t => {
  const { args } = await parsed('shell', '--cold', '--', '-odd', '--kernel', '7.3')
  t.strictSame(args, ['-odd', '--kernel', '7.3'])
})

void t.test('other commands take their options anywhere', async t => {
  t.match(await parsed('run', 'mmap', '--flavour', 'debug', 'ioctl'), {
    args: ['mmap', 'ioctl'],
    options: { flavour: ['debug'] },
  })
})

void t.test('help shows no suite and no promise that only this repository has', t => {
  const suites = readdirSync(join(packageRoot, 'suites')).flatMap(
    file => /^(.*)\.suite\.ts$/.exec(file)?.[1] ?? [],
  )
  let help = ''
  const writeOut = (text: string): void => void (help += text)
  const program = new Command('modprove')
    .enablePositionalOptions()
    .configureOutput({ writeOut, getOutHelpWidth: () => 1000 })
  for (const command of commands) addCommand(program, command, async () => undefined)
  for (const command of program.commands) command.outputHelp()
  const examples = [...help.matchAll(/\$ (modprove .*?)(?: {2,}|$)/gm)]
  t.ok(examples.length > 20)
  const words = examples.flatMap(([, example = '']) => example.split(/[ :/]/))
  t.strictSame(
    words.filter(word => suites.includes(word)),
    [],
  )
  t.notMatch(help, /\bC[1-9]\d\b/)
  t.end()
})
