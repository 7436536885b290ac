import type { FailedTry, FindingReport, Problem, RunEvent } from '../../contract/events.js'
import { pick } from '../../platform/pick.js'
import { clip } from '../../platform/text/text.js'

const MAX_TEXT_CHARACTERS = 500

/** A run's events without their long texts, kept for the summary at the end. */
export class Outline {
  readonly events: RunEvent[] = []

  take(event: RunEvent): void {
    // The summary does not use these.
    if (event.type === 'test-start' || event.type === 'note' || event.type === 'coverage') return
    if (event.type !== 'test-end') this.events.push(event)
    else {
      const { flaky } = event
      this.events.push({
        ...event,
        ...shortened(event),
        ...(flaky && { flaky: { ...flaky, ...shortened(flaky) } }),
      })
    }
  }
}

const shortened = ({ problems, findings }: Pick<FailedTry, 'problems' | 'findings'>) => ({
  problems: problems.slice(0, 1).map((problem): Problem => ({
    ...pick(problem, 'kind', 'at'),
    message: clip(problem.message, MAX_TEXT_CHARACTERS),
  })),
  findings: findings.map((finding): FindingReport => ({
    ...finding,
    title: clip(finding.title, MAX_TEXT_CHARACTERS),
    trace: [],
    text: '',
  })),
})
