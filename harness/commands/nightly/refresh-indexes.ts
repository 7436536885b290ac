import { availableSources, loadCatalogue, type Work } from '../../builder/index.js'
import { ModproveError } from '../../platform/errors.js'

/**
 * Updates the archive's index of every series. A failure is reported, and the cached index is used;
 * without one, the run itself reports what is missing.
 */
export async function refreshIndexes(work: Work): Promise<void> {
  for (const series of await loadCatalogue()) {
    try {
      await availableSources(series, series.suites, work, { refresh: true })
    } catch (error) {
      work.signal.throwIfAborted()
      if (!(error instanceof ModproveError)) throw error
      work.progress.say(`${series.name}: ${error.message}`)
    }
  }
}
