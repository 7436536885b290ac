import picocolors from 'picocolors'

const coloured = picocolors.createColors(true)
const plain = picocolors.createColors(false)
let chosen = plain

/**
 * Colours where they are wanted: on a terminal, unless NO_COLOR is set (https://no-color.org), and elsewhere
 * when FORCE_COLOR is. A CI's log is no terminal: what is read by scripts stays plain.
 * The command line chooses once. Whoever is no command line, a test among them, has none unless it asks for them.
 */
export function chooseColours(
  env: NodeJS.ProcessEnv = process.env,
  { isTTY }: { readonly isTTY?: boolean } = process.stdout,
): void {
  const forced = env['FORCE_COLOR']
  const isWanted = forced ? forced !== '0' : isTTY
  chosen = !env['NO_COLOR'] && isWanted ? coloured : plain
}

/** For a program that is started so that what it prints can be read by another, whatever was asked of this one. */
export const WITHOUT_COLOURS = { NO_COLOR: '1', FORCE_COLOR: undefined } as const

export default new Proxy(plain, {
  get: (_, name: keyof typeof plain) => chosen[name],
})
