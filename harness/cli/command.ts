import { Option, type Command } from 'commander'
import type { Terminal } from './terminal.js'

/** One option of a command: what commander needs, with the type of its value. */
export interface OptionSpec<Value> {
  /** As in commander: `--kernel <series>`. */
  readonly flags: string
  readonly description: string
  readonly initial?: Value
  readonly choices?: readonly string[]
  /** Turns the word into the value; called again with the earlier value when the option is repeated. */
  readonly parse?: (word: string, earlier: Value | undefined) => Value
}

export interface Invocation<Options> {
  readonly args: readonly string[]
  readonly options: Options
  readonly terminal: Terminal
  /** Aborted by the first Ctrl+C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal
}

/**
 * One command of the CLI. The option table is a mapped type over the options that the command takes, so that an
 * option without a flag, or a flag that nothing reads, does not compile.
 */
export interface CommandSpec<Options extends object> {
  readonly name: string
  readonly summary: string
  /** Positional arguments as in commander: `[suites...]`. */
  readonly args?: string
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  /** Its work is short, or wanted for more than its output: it goes on when the reader of that has gone (`| head`). */
  readonly outlivesReader?: true
  /** Its operands are a command of somebody else's: options after the first of them belong to that. */
  readonly takesCommand?: true
  readonly options: { readonly [Name in keyof Options]-?: OptionSpec<NonNullable<Options[Name]>> }
  /** Loads what carries it out, and returns the exit status: help and wrong use do without. */
  readonly load: () => Promise<{ execute(invocation: Invocation<Options>): Promise<number> }>
}

/** Hangs a command into commander's program. */
export function addCommand<Options extends object>(
  program: Command,
  spec: CommandSpec<Options>,
  action: (args: string[], options: Options) => Promise<void>,
): void {
  const command = program.command(spec.args === undefined ? spec.name : `${spec.name} ${spec.args}`)
  command
    .description(spec.summary)
    .showHelpAfterError(`(modprove ${spec.name} --help shows its use)`)
    .passThroughOptions(spec.takesCommand === true)
  for (const option of Object.values(spec.options) as OptionSpec<unknown>[]) {
    const built = new Option(option.flags, option.description)
    if (option.choices !== undefined) built.choices([...option.choices])
    if (option.initial !== undefined) built.default(option.initial)
    if (option.parse !== undefined) built.argParser(option.parse)
    command.addOption(built)
  }
  const width = Math.max(...spec.examples.map(([example]) => example.length))
  const examples = spec.examples.map(
    ([example, meaning]) => `  $ ${example.padEnd(width)}  ${meaning}`,
  )
  command.addHelpText('after', `\nExamples:\n${examples.join('\n')}`)
  command.action(async () => {
    await action(command.args, command.opts<Options>())
  })
}
