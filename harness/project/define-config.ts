import type { WrittenConfig } from './config-schema.js'

/**
 * A project's configuration, for `modprove.config.ts`: lets an editor know its fields, which
 * harness/project/README.md describes.
 */
export const defineConfig = (config: WrittenConfig): WrittenConfig => config
