/** How a machine ended. */
export type MachineEnd =
  /** The harness asked for it. */
  | { readonly how: 'quit' }
  /** The harness killed it: its signal was aborted, or QEMU did not answer. */
  | { readonly how: 'killed'; readonly why: string }
  /** The guest did it; `reason` is QEMU's ShutdownCause: `guest-reset` (a panic, here), `guest-shutdown`, `guest-panic`. */
  | { readonly how: 'guest'; readonly reason: string }
  /** QEMU ended by itself, or something else killed it. */
  | {
      readonly how: 'qemu'
      readonly exitCode: number | undefined
      readonly signal: string | undefined
      /** The last of what it said; not escaped. */
      readonly stderr: string
    }

/** One line that goes on after "the machine": "was ended by its guest (guest-reset)". */
export function describeEnd(end: MachineEnd): string {
  switch (end.how) {
    case 'quit':
      return 'was ended by the harness'
    case 'killed':
      return `was killed by the harness: ${end.why}`
    case 'guest':
      return end.reason === 'guest-reset'
        ? 'was reset by its guest, which is how a kernel panic ends here'
        : `was ended by its guest (${end.reason})`
    case 'qemu':
      return end.signal === undefined
        ? `lost its QEMU, which exited with status ${end.exitCode ?? 'unknown'}`
        : `lost its QEMU, which was killed by ${end.signal}`
  }
}
