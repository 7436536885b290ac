import { availableSources, loadCatalogue, type Work } from '../../builder/index.js'
import { ModproveError } from '../../platform/errors.js'

/**
 * Asks the archive what it has of every series now. One that does not answer is said, and the index that is in the cache
 * serves; where there is none, the run itself tells what it lacks.
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
