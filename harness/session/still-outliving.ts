import { scaledHere } from '../platform/waiting/deadlines.js'
import { readUntil } from '../platform/waiting/read-until.js'
import type { Finding } from '../verdict/index.js'
import { LATE_MS } from './listen.js'
import type { Session } from './session.js'

/** What unloaded modules left behind, and goes on to be there for some seconds. */
export function stillOutliving(session: Pick<Session, 'outliving' | 'kernel'>): Promise<Finding[]> {
  return readUntil(
    () => session.outliving(),
    // A list that crashed its reader may still be locked.
    left => left.length === 0 || session.kernel.hasOopsed,
    scaledHere(LATE_MS),
  )
}
