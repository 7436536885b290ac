import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { availableSources, loadCatalogue, selectKernel } from '../../build/index.js'
import { harnessError } from '../../errors.js'
import { cacheFolder, checkoutRoot, privateFolder } from '../../paths.js'
import { silent } from '../../progress.js'
import { timed, type Readings } from '../measure.js'
import type { Row } from '../row.js'

/** What is downloaded is no matter of the build's. */
const DOWNLOADED = ['archive', 'sources']

export const kernelRow: Row = {
  name: 'kernel',
  measures:
    'the plain kernel built with empty caches, and the release before it with its objects cached',
  onlyWhenNamed: true,
  read: async ({ kernel, signal }) => {
    const { series } = selectKernel(await loadCatalogue(), kernel)
    const work = { signal, progress: silent }
    const suites = [...series.suites, ...series.olderSuites]
    const sources = await availableSources(series, suites, work)
    const [newest, before] = [...new Set(sources.map(({ release }) => release))]
    if (newest === undefined || before === undefined) {
      throw harnessError('ONE_RELEASE', `The archive has one release of ${series.name} only`)
    }
    await using cache = await privateFolder()
    for (const name of DOWNLOADED) {
      await mkdir(join(cache.path, name), { recursive: true })
      await cp(join(cacheFolder(), name), join(cache.path, name), { recursive: true })
    }
    const build = (release: string): Promise<number> =>
      timed(() =>
        execa('node', ['harness/cli/modprove.js', 'build', '--kernel', release], {
          cwd: checkoutRoot,
          cancelSignal: signal,
          env: { MODPROVE_CACHE: cache.path },
        }),
      )
    const readings: Readings[] = []
    const rows = [
      ['kernel, plain, empty caches', newest],
      ['kernel, plain, next release', before],
    ] as const
    for (const [row, release] of rows)
      readings.push({ row: `${row} (${release})`, unit: 'ms', values: [await build(release)] })
    return readings
  },
}
