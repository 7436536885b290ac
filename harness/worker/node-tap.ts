import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * node-tap, loaded when it is first used: its 130 modules take longer than all else that a worker loads. Required, because it
 * requires tap-parser too: an import would load a second copy of that.
 */
export const nodeTap = (): typeof import('tap') => require('tap') as typeof import('tap')
export const tapParser = (): typeof import('tap-parser') =>
  require('tap-parser') as typeof import('tap-parser')
