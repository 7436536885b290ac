import { join } from 'node:path'
import { EXIT, harnessError } from '../../platform/errors.js'
import { exitCodeOf } from '../../record/exit-code.js'
import { faults } from '../../selftest/chaos/faults/index.js'
import { selectReaders } from '../../selftest/fuzz/fuzz-readers.js'
import type { NightParts } from '../nightly/night.js'
import { makeAndKeep } from './keep-faults.js'
import { fuzzAndKeep } from './keep-fuzz.js'
import { proveAndKeep, type GalleryContext } from './prove-gallery.js'
import { proveHosts } from './prove-hosts.js'

/** Cases for each fuzzed reader. */
const NIGHTLY_CASES = 1_000_000
const DAY_MS = 86_400_000

/** A different seed every night. */
const night = (): number => Math.floor(Date.now() / DAY_MS)

/** The parts of a night that prove the harness. */
export const nightlySelftests = ({
  signal,
  terminal,
  ...gallery
}: GalleryContext): Pick<NightParts, 'makeFaults' | 'proveGallery' | 'proveHosts' | 'fuzz'> => ({
  makeFaults: async folder => {
    const results = await makeAndKeep(faults, folder, {
      kernel: '6.1',
      seed: night(),
      signal,
      terminal,
    })
    const otherwise = results.filter(({ ok }) => !ok).map(({ name }) => name)
    if (otherwise.length === 0) return
    throw harnessError('CHAOS', `faults not handled as expected: ${otherwise.join(', ')}`, {
      remedy: `modprove chaos ${otherwise.join(' ')}`,
    })
  },
  proveGallery: async folder => {
    const counts = await proveAndKeep([], folder, { ...gallery, signal, terminal })
    if (exitCodeOf(counts) === EXIT.passed) return
    throw harnessError('GALLERY', 'modules of the gallery do not do what they should', {
      remedy: `See ${join(folder, 'gallery.json')}`,
    })
  },
  proveHosts: async folder => {
    const { project, accelerator } = gallery
    const request = { kernels: ['6.1'], flavours: ['plain', 'debug'], suites: [], accelerator }
    const counts = await proveHosts([], folder, { project, request, terminal, signal })
    if (exitCodeOf(counts) === EXIT.passed) return
    throw harnessError('HOSTS', 'a QEMU does not run all suites', {
      remedy: `See ${join(folder, 'hosts.json')}`,
    })
  },
  fuzz: async folder => {
    const results = await fuzzAndKeep(selectReaders([]), {
      cases: NIGHTLY_CASES,
      seed: night(),
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
