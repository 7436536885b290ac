import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { didYouMean } from '../../platform/did-you-mean.js'
import { usageError, type ModproveError } from '../../platform/errors.js'
import { withLock } from '../../platform/lock.js'
import { contentKey } from '../hash.js'
import type { KernelSource } from '../kernels/kernel-source.js'
import { stored } from '../store.js'
import type { Work } from '../types.js'

/** The kernel's own tests in its source. */
export const SELFTESTS = 'tools/testing/selftests'

/** A place in the source; its Makefile lists targets as lines of `TARGETS += sync`. */
const TARGET = /^TARGETS(?:_HOTPLUG)?\s*\+?=\s*([\w./-]+)\s*$/gm

/**
 * Unpacks a kernel's source for work in it; one user at a time.
 * @param purpose as others that wait for it are told: `building kselftest sync`
 */
export const inSource = <T>(
  source: KernelSource,
  purpose: string,
  act: (tree: string, outputs: string) => Promise<T>,
  work: Work,
): Promise<T> =>
  withLock(
    'kernel-build',
    async () => {
      const { tree, outputs, stillSame } = await source.open(work)
      const result = await act(tree, outputs)
      await stillSame()
      return result
    },
    {
      signal: work.signal,
      purpose,
      waiting: holder => work.progress.say(`Waiting for ${holder}: it uses the kernel's source`),
    },
  )

/** The targets of a kernel's own tests, sorted. */
export async function selftestTargets(
  source: KernelSource,
  work: Work,
): Promise<readonly string[]> {
  const { value } = await stored(
    {
      kind: 'selftests',
      key: `targets-${contentKey({ source: source.id })}`,
      title: `list of ${source.name}'s own tests`,
      hashed: 'all',
      keptDays: 90,
      valueFrom: json => z.array(z.string()).safeParse(json).data,
      make: () =>
        inSource(
          source,
          `listing the tests of ${source.name}`,
          async tree => {
            const text = await readFile(join(tree, SELFTESTS, 'Makefile'), 'utf8')
            return [...text.matchAll(TARGET)].map(([, name = '']) => name).sort()
          },
          work,
        ),
    },
    work,
  )
  return value
}

export const unknownTarget = (
  target: string,
  targets: readonly string[],
  source: KernelSource,
): ModproveError =>
  usageError('UNKNOWN_KSELFTEST', `Kernel ${source.release} has no kselftest "${target}"`, {
    remedy: `${didYouMean(target, targets)}Those of ${SELFTESTS}: ${targets.join(', ')}`,
  })
