/** Rows of `modprove bench`, in table order; help lists them without loading the benchmarks. */
export const rowNames = [
  'start',
  'plain-boot',
  'debug-boot',
  'series',
  'agent',
  'machines',
  'verdict',
  'suite',
  'matrix',
  'kernel',
] as const

export type RowName = (typeof rowNames)[number]
