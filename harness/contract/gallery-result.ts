import type { Status } from './events.js'

/** What is expected of a module of others on a kernel, in this order. */
export const stages = ['builds', 'loads', 'works', 'clean'] as const
export type Stage = (typeof stages)[number]

/** How a stage ended, and why, unless it passed. */
export interface StageResult {
  readonly status: Status
  readonly reason?: string
}

/** What became of a module on a kernel. */
export interface GalleryColumn {
  /** As requested: `6.1`. */
  readonly kernel: string
  readonly release: string
  readonly stages: Readonly<Record<Stage, StageResult>>
}

/** A module of others, and how far it comes on each kernel. */
export interface GalleryResult {
  readonly module: string
  /** Package and version: `vpoll-dkms=0.1.1-1`. */
  readonly package: string
  /** Absolute folder of the run's record; undefined if there was no run. */
  readonly record?: string
  readonly columns: readonly GalleryColumn[]
  /** Why it was not run. */
  readonly problem?: string
}
