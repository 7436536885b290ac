/** The reader of a pipe has gone (`modprove run | head`), or the terminal: nobody is left to tell. */
export const isClosedOutput = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  ['EPIPE', 'EIO', 'ENXIO'].includes(code)
