import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * node-tap, loaded on first use: its 130 modules take longer than all else that a worker loads.
 * Loaded by require, as it requires tap-parser itself: an import would load a second copy.
 */
export const nodeTap = (): typeof import('tap') => require('tap') as typeof import('tap')
export const tapParser = (): typeof import('tap-parser') =>
  require('tap-parser') as typeof import('tap-parser')
