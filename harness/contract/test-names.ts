/** The name under which what befalls a suite file as a whole is counted. */
export const WHOLE_FILE = 'the suite file runs to its end'

/** The name under which the last verdict of a suite is counted. */
export const SUITE_END =
  'after the last test: the modules unload, the kernel log is clean, nothing leaked'
