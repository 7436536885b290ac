/**
 * How long after a test's last step, or after its connection was cut, the kernel may still have something to say of it: of a
 * delayed work or a timer that it armed. In the guest's time, which goes by the host's clock whatever the accelerator.
 */
export const LATE_MS = 3_000
