import { setMaxListeners } from 'node:events'

/** Far more than ever wait for one signal: beyond this there is a leak. */
const MAX_LISTENERS = 200

/** Every wait listens to one AbortSignal; Node warns of a leak at more than ten listeners. */
export const raiseListenerLimit = (): void => setMaxListeners(MAX_LISTENERS)
