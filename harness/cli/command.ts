import { Option, type Command } from 'commander'
import type { Invocation } from '../commands/invocation.js'

/** An option of a command: commander's settings, with the type of its value. */
export interface OptionSpec<Value> {
  /** As in commander: `--kernel <series>`. */
  readonly flags: string
  readonly description: string
  readonly initial?: Value
  readonly choices?: readonly string[]
  /** Parses the word; a repeated option also gets the earlier value. */
  readonly parse?: (word: string, earlier: Value | undefined) => Value
}

/**
 * A command of the CLI. Its option table is a mapped type over the command's options, so that an
 * option without a flag, or an unused flag, does not compile.
 */
export interface CommandSpec<Options extends object> {
  readonly name: string
  readonly summary: string
  /** Positional arguments as in commander: `[suites...]`. */
  readonly args?: string
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  /** It continues after its output was closed (`| head`): it is short, or has other results. */
  readonly outlivesReader?: true
  /** Its operands are a command: options after the first operand belong to that. */
  readonly takesCommand?: true
  readonly options: { readonly [Name in keyof Options]-?: OptionSpec<NonNullable<Options[Name]>> }
  /** Loads the implementation, which help and usage errors do not need. @returns the exit status */
  readonly load: () => Promise<{ execute(invocation: Invocation<Options>): Promise<number> }>
}

/** Adds a command to commander's program. */
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
