import { EXIT } from '../errors.js'
import type { Guest } from '../guest/index.js'
import { heedSlowness } from '../host-slowness.js'
import { privateFolder } from '../paths.js'
import { during } from '../progress.js'
import { columnsOf, prepareColumn } from '../run/columns.js'
import { Session } from '../run/session.js'
import { chooseAccelerator } from '../vm/index.js'
import type { Invocation } from './command.js'
import type { ShellOptions } from './commands/shell.js'

const BOOT_SECONDS = 3
const SIGNALLED = 128

export async function execute({
  args,
  options,
  terminal,
  signal,
}: Invocation<ShellOptions>): Promise<number> {
  const work = { signal, progress: terminal }
  const columns = await columnsOf({ kernels: [options.kernel], flavours: [options.flavour] }, work)
  await heedSlowness(terminal)
  const accelerator = await chooseAccelerator(options.accel, {
    signal,
    say: line => terminal.say(line),
  })
  await using folder = await privateFolder()
  const [column] = columns
  if (column === undefined) return EXIT.usage
  const { place, module } = await prepareColumn(
    column,
    { accelerator, cold: options.cold ?? false },
    work,
  )
  const title = `${column.release} ${column.flavour.name}`
  await using session = await during(terminal, `starting ${title}`, BOOT_SECONDS, () =>
    Session.open(place, folder.path, signal, text => terminal.say(text)),
  )
  await session.loadModules(module.modules.map(({ name }) => ({ name })))
  if (args.length > 0) {
    const [first = '', ...rest] = args
    return await runAttached(session.guest, rest.length === 0 ? first : [first, ...rest])
  }
  terminal.say(`${title} with its modules loaded; exit ends the machine`)
  return (await session.guest.shell(process)).code ?? EXIT.harness
}

/** Runs a command with this process's streams; a command that a signal ended gives 128, as sh begins to count. */
async function runAttached(guest: Guest, command: string | readonly string[]): Promise<number> {
  const running = await guest.stream(command)
  process.stdin.pipe(running.stdin)
  running.stdout.pipe(process.stdout, { end: false })
  running.stderr.pipe(process.stderr, { end: false })
  const { code } = await running.exited
  process.stdin.unpipe()
  process.stdin.pause()
  return code ?? SIGNALLED
}
