import type { Saying } from '../data.js'

/** Why a test did not pass, in a line: the kernel's or the test's message, and its location. */
export function Said({ text, at }: Saying) {
  return (
    <span class="said">
      {at !== undefined && <span class="at">{at}</span>} {text}
    </span>
  )
}
