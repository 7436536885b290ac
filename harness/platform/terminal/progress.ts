/** A visible wait. Each step ends with exactly one of `done` and `fail`. */
export interface Step {
  /** Replaces the step's current detail ("CC fs/inode.o", "812 of 1490 objects"). */
  note(detail: string): void
  done(summary?: string): void
  fail(summary?: string): void
}

/** Receives the progress of long work; the CLI decides how it looks. */
export interface Progress {
  /**
   * @param title what is happening, in the present: "building kernel 6.1.192 plain"
   * @param usuallySeconds usual duration on two cores
   */
  step(title: string, usuallySeconds?: number): Step
  /** One line to be shown once: "KVM does not run guests here; using TCG". */
  say(line: string): void
}

const silentStep: Step = { note: () => undefined, done: () => undefined, fail: () => undefined }

/** For tests, and for callers without an audience. */
export const silent: Progress = { step: () => silentStep, say: () => undefined }

/** Runs `act` as one step, which ends with it. */
export async function during<T>(
  progress: Progress,
  title: string,
  usuallySeconds: number | undefined,
  act: (step: Step) => Promise<T>,
): Promise<T> {
  const step = progress.step(title, usuallySeconds)
  try {
    const result = await act(step)
    step.done()
    return result
  } catch (error) {
    step.fail()
    throw error
  }
}
