import type { ModuleSources } from './module-sources.js'

/** A project's sources, by default of one folder `module`. */
export const sourcesIn = (root: string, more: Partial<ModuleSources> = {}): ModuleSources => ({
  root,
  folders: [{ name: 'module', make: {} }],
  include: [],
  leftOut: [],
  ...more,
})
