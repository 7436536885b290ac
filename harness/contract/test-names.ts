/** Test name for failures of a suite file as a whole. */
export const WHOLE_FILE = 'the suite file runs to its end'

/** Test name for the run of a program that is a suite by itself, beside those of its results. */
export const PROGRAM_RUN = 'the program runs to its end, and the kernel log is clean'

/** Test name for the verdict at a suite's end. */
export const SUITE_END =
  'after the last test: the modules unload, the kernel log is clean, nothing leaked'

/** Test of the basics that needs no machine. */
export const BUILDS = 'the modules build without a warning'

/** Test of the basics on which its others stand. */
export const LOADS_AND_UNLOADS = 'the modules load and unload'

/** Test of the basics by which a run fails for what modules leave, however they were used. */
export const LEAVE_NOTHING = 'the modules leave nothing when they are unloaded'
