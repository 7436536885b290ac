/** Reports that can be made from a record. */
export const formatNames = [
  'summary',
  'pretty',
  'tap',
  'junit',
  'json',
  'markdown',
  'github',
  'kcidb',
  'html',
] as const

export type FormatName = (typeof formatNames)[number]
