import type { Finding } from './finding.js'

/** A kernel warning whose first record has this sequence number. */
export const findingAt = (firstSequence: number, follows?: number): Finding => ({
  kind: 'warning',
  fatality: 'report',
  title: `finding ${firstSequence}`,
  function: undefined,
  frames: [],
  elided: 0,
  related: [],
  location: undefined,
  locationReason: undefined,
  access: undefined,
  task: undefined,
  text: '',
  count: 1,
  cut: undefined,
  firstSequence,
  lastSequence: firstSequence + 50,
  caller: '',
  follows,
})
