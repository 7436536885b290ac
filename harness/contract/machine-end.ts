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
