/**
 * One record of the kernel's log, as `/dev/kmsg` gives it
 * (Documentation/ABI/testing/dev-kmsg; the caller needs CONFIG_PRINTK_CALLER).
 */
export interface LogRecord {
  /** Rises by one for each record; a gap means that the ring buffer overran. */
  readonly sequence: number
  /** Microseconds since the guest's boot. */
  readonly timeUs: number
  /** 0 (emergency) to 7 (debug). */
  readonly level: number
  /** 0 is the kernel's own; user space cannot write records with it. */
  readonly facility: number
  /** `T<pid>` in task context, `C<cpu>` elsewhere, empty where the kernel does not say. */
  readonly caller: string
  /** Without a newline at its end; bytes that are not UTF-8 are escaped as `\xNN`. */
  readonly text: string
}
