/** What `modprove bench` measures, in the order of its table; help lists them without loading what measures. */
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
