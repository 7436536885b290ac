import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  availableSources,
  downloadSource,
  loadCatalogue,
  selectKernel,
  type SourcePackage,
} from '../../../builder/index.js'
import { harnessError } from '../../../platform/errors.js'
import { cacheFolder } from '../../../platform/files/cache-folder.js'
import { commandFile } from '../../../platform/files/package-root.js'
import { privateFolder } from '../../../platform/files/private-folder.js'
import { script } from '../../../platform/process/script.js'
import { silent } from '../../../platform/terminal/progress.js'
import { timed, type Aim } from '../measure.js'
import type { BenchRow } from '../row.js'

/** Downloads are not part of the build time. */
const DOWNLOADED = ['archive', 'sources']
const MINUTE_MS = 60_000

export const kernelRow: BenchRow = {
  name: 'kernel',
  measures:
    'the plain kernel built with empty caches, and the next release with the compiler cache warm',
  read: async ({ project, kernel, signal }) => {
    const { series } = selectKernel(await loadCatalogue(), kernel)
    const work = { signal, progress: silent }
    const suites = [...series.suites, ...series.olderSuites]
    const newestFirst = new Map<string, SourcePackage>()
    for (const source of await availableSources(series, suites, work)) {
      if (!newestFirst.has(source.release)) newestFirst.set(source.release, source)
    }
    const [newest, before] = newestFirst.values()
    if (newest === undefined || before === undefined) {
      throw harnessError('ONE_RELEASE', `the archive has one release of ${series.name} only`)
    }
    await using cache = await privateFolder()
    for (const name of DOWNLOADED) {
      await mkdir(join(cacheFolder(), name), { recursive: true })
      await symlink(join(cacheFolder(), name), join(cache.path, name))
    }
    const $ = script({ cwd: project.root, signal, env: { MODPROVE_CACHE: cache.path } })
    const build = async (source: SourcePackage): Promise<number> => {
      await downloadSource(source, work)
      return timed(() => $`node ${commandFile} build --kernel ${source.release}`)
    }
    const reading = async (title: string, source: SourcePackage, aim: Aim) => ({
      row: `${title} (${source.release})`,
      unit: 'ms' as const,
      values: [await build(source)],
      aim,
    })
    return [
      await reading('kernel, plain, empty caches', before, { atMost: 3.5 * MINUTE_MS }),
      await reading('kernel, plain, next release', newest, { atMost: 1.5 * MINUTE_MS }),
    ]
  },
}
