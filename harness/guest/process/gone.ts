import { ConnectionLost, TaskEnded } from '../errors.js'

/** What a process holds need not be released when it is gone. */
export async function unlessGone(release: Promise<unknown>): Promise<void> {
  await release.catch((error: unknown) => {
    if (!(error instanceof TaskEnded || error instanceof ConnectionLost)) throw error
  })
}
