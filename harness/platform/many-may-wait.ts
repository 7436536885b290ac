import { setMaxListeners } from 'node:events'

/** Far more than wait at once for one signal: what goes beyond is a leak. */
const MOST_LISTENERS = 200

/** Everything that waits listens to the one AbortSignal; Node takes more than ten for a leak. */
export const manyMayWait = (): void => setMaxListeners(MOST_LISTENERS)
