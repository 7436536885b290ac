/**
 * One record of the kernel log, from `/dev/kmsg` (Documentation/ABI/testing/dev-kmsg; the caller
 * needs CONFIG_PRINTK_CALLER).
 */
export interface LogRecord {
  /** Increases by one per record; a gap means that the ring buffer overran. */
  readonly sequence: number
  /** Microseconds since the guest's boot. */
  readonly timeUs: number
  /** 0 (emergency) to 7 (debug). */
  readonly level: number
  /** 0 is the kernel's; user space cannot write records with it. */
  readonly facility: number
  /** `T<pid>` in task context, `C<cpu>` elsewhere, empty if the kernel does not print it. */
  readonly caller: string
  /** Without the final newline; bytes that are not UTF-8 are escaped as `\xNN`. */
  readonly text: string
}
