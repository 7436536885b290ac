/** The output's reader is gone: a closed pipe (`modprove run | head`) or terminal. */
export const isClosedOutput = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  ['EPIPE', 'EIO', 'ENXIO'].includes(code)
