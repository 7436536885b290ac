import type { Saying } from '../data.js'

/** Why a test did not pass, in a line: what the kernel or the test said, and where to look first. */
export function Said({ text, at }: Saying) {
  return (
    <span class="said">
      {at !== undefined && <span class="at">{at}</span>} {text}
    </span>
  )
}
