import type { Counts } from './events.js'

/** What the suites came to on a kernel in a flavour, with another QEMU. */
export interface HostColumn {
  readonly release: string
  readonly flavour: string
  readonly counts: Counts
  /** How many machines should have been restored, and booted instead. */
  readonly notRestored: number
}

/** A run of the suites with the QEMU of a release of Debian, or why there was none. */
export interface HostResult {
  /** `trixie` */
  readonly debian: string
  /** QEMU's own words. */
  readonly qemu?: string
  readonly start?: 'cold' | 'restored'
  /** Absolute folder of the run's record. */
  readonly record?: string
  readonly columns: readonly HostColumn[]
  readonly problem?: string
}
