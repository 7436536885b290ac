import { dirname, join } from 'node:path'
import { z } from 'zod'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { usageError, type ModproveError } from '../../platform/errors.js'
import { withLock } from '../../platform/files/lock.js'
import { script } from '../../platform/process/script.js'
import { contentKey } from '../hash.js'
import type { KernelSource } from '../kernels/kernel-source.js'
import { stored } from '../store.js'
import type { Work } from '../types.js'

/** Increment when the list of the same source is another. */
const RECIPE = 1

/** The kernel's own tests in its source. */
export const SELFTESTS = 'tools/testing/selftests'

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

/**
 * The targets of a kernel's own tests, sorted: all folders that are made by lib.mk. The Makefile
 * above them does not list each.
 */
export async function selftestTargets(
  source: KernelSource,
  work: Work,
): Promise<readonly string[]> {
  const { value } = await stored(
    {
      kind: 'selftests',
      key: `targets-${contentKey({ recipe: String(RECIPE), source: source.id })}`,
      title: `list of ${source.name}'s own tests`,
      hashed: 'all',
      keptDays: 90,
      valueFrom: json => z.array(z.string()).safeParse(json).data,
      make: () =>
        inSource(
          source,
          `listing the tests of ${source.name}`,
          async tree => {
            const $ = script({ cwd: join(tree, SELFTESTS), signal: work.signal })
            const { stdout } = await $`grep -rlE --include=Makefile ${'^include .*lib\\.mk'} .`
            return stdout
              .trim()
              .split('\n')
              .map(file => dirname(file).slice('./'.length))
              .filter(target => target !== '')
              .sort()
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
