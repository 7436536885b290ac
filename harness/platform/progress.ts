/** One wait that a person may see. Each step ends with exactly one of `done` and `fail`. */
export interface Step {
  /** Replaces the step's current detail ("CC fs/inode.o", "812 of 1490 objects"). */
  note(detail: string): void
  done(summary?: string): void
  fail(summary?: string): void
}

/** Where long work says what it does; the CLI decides how that looks. */
export interface Progress {
  /**
   * @param title what is happening, in the present: "building kernel 6.1.192 plain"
   * @param usuallySeconds how long it takes on two cores, so that a wait can be judged
   */
  step(title: string, usuallySeconds?: number): Step
  /** One line that should be seen once: "KVM does not run guests here; using TCG". */
  say(line: string): void
}

const silentStep: Step = { note: () => undefined, done: () => undefined, fail: () => undefined }

/** For tests and for callers that have nobody to tell. */
export const silent: Progress = { step: () => silentStep, say: () => undefined }

/** Runs `work` as one step, and ends the step whichever way the work ends. */
export async function during<T>(
  progress: Progress,
  title: string,
  usuallySeconds: number | undefined,
  work: (step: Step) => Promise<T>,
): Promise<T> {
  const step = progress.step(title, usuallySeconds)
  try {
    const result = await work(step)
    step.done()
    return result
  } catch (error) {
    step.fail()
    throw error
  }
}
