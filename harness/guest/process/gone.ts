import { ConnectionLost, TaskEnded } from '../errors.js'

/** Ignores a failed release if the process is gone, and its resources with it. */
export async function unlessGone(release: Promise<unknown>): Promise<void> {
  await release.catch((error: unknown) => {
    if (!(error instanceof TaskEnded || error instanceof ConnectionLost)) throw error
  })
}
