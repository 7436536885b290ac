import picocolors from 'picocolors'

const coloured = picocolors.createColors(true)
const plain = picocolors.createColors(false)
let chosen = plain

/**
 * Colours on a terminal, unless NO_COLOR is set (https://no-color.org), and elsewhere when
 * FORCE_COLOR is. Only the command line calls this; everything else is plain by default.
 */
export function chooseColours(
  env: NodeJS.ProcessEnv = process.env,
  { isTTY }: { readonly isTTY?: boolean } = process.stdout,
): void {
  const forced = env['FORCE_COLOR']
  const isWanted = forced ? forced !== '0' : isTTY
  chosen = !env['NO_COLOR'] && isWanted ? coloured : plain
}

/** Environment of a program whose output is parsed. */
export const WITHOUT_COLOURS = { NO_COLOR: '1', FORCE_COLOR: undefined } as const

export default new Proxy(plain, {
  get: (_, name: keyof typeof plain) => chosen[name],
})
