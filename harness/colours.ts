import picocolors from 'picocolors'

const { env, stdout } = process

/**
 * Colours where they are wanted: on a terminal, unless NO_COLOR is set (https://no-color.org), and elsewhere
 * when FORCE_COLOR is. A CI's log is no terminal: what is read by scripts stays plain.
 */
export default picocolors.createColors(
  !env['NO_COLOR'] && (Boolean(env['FORCE_COLOR']) || stdout.isTTY),
)
