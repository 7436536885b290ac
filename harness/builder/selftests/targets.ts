import { dirname, join, parse } from 'node:path'
import { z } from 'zod'
import { filesBelow } from '../../platform/files/files-below.js'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { usageError, type ModproveError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'
import { contentKey } from '../hash.js'
import { withSource, type KernelSource } from '../kernels/kernel-source.js'
import { stored } from '../store.js'
import type { Work } from '../types.js'

/** Increment when the list of the same source is another. */
const RECIPE = 2
/** How long what was built of a kernel's own tests is kept after its last use. */
export const KEPT_DAYS = 30

/** The kernel's own tests in its source. */
export const SELFTESTS = 'tools/testing/selftests'

/** Names of the sources of each target: `{ "drivers/ring": ["overflow"] }` */
export type SelftestTargets = Readonly<Record<string, readonly string[]>>

/**
 * The targets of a kernel's own tests, sorted: all folders that are made by lib.mk. The Makefile
 * above them does not list each.
 */
export async function selftestTargets(source: KernelSource, work: Work): Promise<SelftestTargets> {
  const { value } = await stored(
    {
      kind: 'selftests',
      key: `targets-${contentKey({ recipe: String(RECIPE), source: source.id })}`,
      title: `list of ${source.name}'s own tests`,
      hashed: 'all',
      keptDays: KEPT_DAYS,
      valueFrom: json => z.record(z.string(), z.array(z.string())).safeParse(json).data,
      make: () =>
        withSource(
          source,
          `listing the tests of ${source.name}`,
          async ({ tree, stillSame }) => {
            const $ = script({ cwd: join(tree, SELFTESTS), signal: work.signal })
            const { stdout } = await $`grep -rlE --include=Makefile ${'^include .*lib\\.mk'} .`
            const targets = stdout
              .trim()
              .split('\n')
              .map(file => dirname(file).slice('./'.length))
              .filter(target => target !== '')
              .sort()
            const sources = await filesBelow(join(tree, SELFTESTS))
            await stillSame()
            return Object.fromEntries(
              targets.map(target => [target, programsOf(sources, target)] as const),
            )
          },
          work,
        ),
    },
    work,
  )
  return value
}

const programsOf = (sources: readonly string[], target: string): string[] =>
  sources.flatMap(file => {
    const { dir, name, ext } = parse(file)
    return dir === target && /^\.(c|sh)$/.test(ext) ? [name] : []
  })

/** The error for a target that a kernel does not have; its remedy lists those that it has. */
export const unknownTarget = (
  target: string,
  targets: SelftestTargets,
  source: KernelSource,
): ModproveError => {
  const names = Object.keys(targets)
  const having = names.find(name => targets[name]?.includes(target))
  const near = having === undefined ? didYouMean(target, names) : `It is a test of "${having}". `
  return usageError('UNKNOWN_KSELFTEST', `Kernel ${source.release} has no kselftest "${target}"`, {
    remedy: `${near}Those of ${SELFTESTS}: ${names.join(', ')}`,
  })
}
