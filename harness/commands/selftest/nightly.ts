import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { faults } from '../../selftest/chaos/faults/index.js'
import { selectReaders } from '../../selftest/fuzz/fuzz-readers.js'
import type { Invocation } from '../invocation.js'
import type { NightParts } from '../nightly/night.js'
import { makeAndKeep } from './keep-faults.js'
import { fuzzAndKeep } from './keep-fuzz.js'

/** Cases for each fuzzed reader. */
const NIGHTLY_CASES = 1_000_000
const DAY_MS = 86_400_000

/** The parts of a night that prove the harness. */
export const nightlySelftests = ({
  signal,
  terminal,
}: Pick<Invocation<object>, 'signal' | 'terminal'>): Pick<NightParts, 'makeFaults' | 'fuzz'> => ({
  makeFaults: async folder => {
    const results = await makeAndKeep(faults, folder, { kernel: '6.1', signal, terminal })
    const otherwise = results.filter(({ ok }) => !ok).map(({ name }) => name)
    if (otherwise.length === 0) return
    throw harnessError('CHAOS', `faults not handled as expected: ${otherwise.join(', ')}`, {
      remedy: `modprove chaos ${otherwise.join(' ')}`,
    })
  },
  fuzz: async folder => {
    const results = await fuzzAndKeep(selectReaders([]), {
      cases: NIGHTLY_CASES,
      // A different seed every night.
      seed: Math.floor(Date.now() / DAY_MS),
      folder: join(folder, 'fuzz'),
      signal,
      terminal,
    })
    const fooled = results.filter(({ problems }) => problems.length > 0)
    if (fooled.length === 0) return
    const names = fooled.map(({ reader }) => reader).join(', ')
    throw harnessError('FUZZ', `readers that failed: ${names}`, {
      remedy: fooled.map(({ problems }) => problems[0]?.again ?? '').join('\n'),
    })
  },
})
