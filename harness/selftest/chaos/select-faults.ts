import { didYouMean } from '../../platform/did-you-mean.js'
import { usageError } from '../../platform/errors.js'
import type { Fault } from './fault.js'

/**
 * Selects faults by name (`panic`) or row (`2`, which may be several); all without words.
 * @throws ModproveError `UNKNOWN_FAULT`, listing the known
 */
export function selectFaults(
  faults: readonly Fault[],
  wanted: readonly string[],
  onlyFast: boolean,
): readonly Fault[] {
  for (const word of wanted) {
    if (faults.some(fault => isCalled(fault, word))) continue
    throw usageError('UNKNOWN_FAULT', `There is no fault "${word}".`, {
      remedy: `${didYouMean(
        word,
        faults.map(({ name }) => name),
      )}Known faults: ${faults.map(({ row, name }) => `${row} ${name}`).join(', ')}`,
    })
  }
  return faults.filter(
    fault =>
      (wanted.length === 0 || wanted.some(word => isCalled(fault, word))) &&
      (!onlyFast || fault.fast === true),
  )
}

const isCalled = ({ row, name }: Fault, word: string): boolean =>
  word === name || word === String(row)
