import { selectByName } from '../../platform/names/select-by-name.js'
import type { Fault } from './fault.js'

/**
 * Selects faults by name (`panic`) or row (`2`, which may be several); all without words.
 * @throws ModproveError `UNKNOWN_FAULT`, listing the known
 */
export const selectFaults = (
  faults: readonly Fault[],
  wanted: readonly string[],
  onlyFast: boolean,
): readonly Fault[] =>
  selectByName(faults, wanted, {
    code: 'UNKNOWN_FAULT',
    message: word => `There is no fault "${word}".`,
    noun: 'faults',
    isAlso: ({ row }, word) => word === String(row),
    shown: ({ row, name }) => `${row} ${name}`,
  }).filter(({ fast }) => !onlyFast || fast === true)
