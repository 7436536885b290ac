/** How a machine ended. */
export type MachineEnd =
  /** The harness asked QEMU to quit. */
  | { readonly how: 'quit' }
  /** The harness killed it: its signal was aborted, or QEMU did not answer. */
  | { readonly how: 'killed'; readonly why: string }
  /** The guest; `reason` is QEMU's ShutdownCause: `guest-reset` (a panic), `guest-shutdown`, … */
  | { readonly how: 'guest'; readonly reason: string }
  /** QEMU exited by itself, or another process killed it. */
  | {
      readonly how: 'qemu'
      readonly exitCode: number | undefined
      readonly signal: string | undefined
      /** The end of its stderr; not escaped. */
      readonly stderr: string
    }

/** Describes it as a continuation of "the machine": "was ended by its guest (guest-reset)". */
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
