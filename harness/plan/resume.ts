import { usageError } from '../platform/errors.js'
import type { Content, JobRef, RunEvent } from '../contract/events.js'
import { isComplete } from '../record/run-progress.js'
import { viewOf } from '../record/view.js'
import { changedSince } from './provenance.js'
import type { RunRequest } from './request.js'

/**
 * The request of a run that can be resumed.
 *
 * @param content the current one
 * @throws ModproveError `NOTHING_TO_RESUME` when it is complete, or is no run of suites;
 * `SOURCES_CHANGED` when results would mix old and new sources
 */
export async function requireResumable(
  events: readonly RunEvent[],
  content: () => Promise<Content>,
): Promise<Omit<RunRequest, 'accelerator' | 'keep'>> {
  const view = viewOf(events)
  const { run, request, content: then } = view.start
  if (request === undefined) {
    throw usageError('NOTHING_TO_RESUME', `${run} is no run of suites`, {
      remedy: 'Name one: modprove run --resume RUN; repeat other commands instead',
    })
  }
  const isOpen = view.columns.some(
    ({ failed, jobs }) => failed === undefined && jobs.some(job => !isComplete(job)),
  )
  if (!isOpen && view.end !== undefined && !view.end.interrupted) {
    throw usageError('NOTHING_TO_RESUME', `${run} is complete`, {
      remedy: 'Start a new one: modprove run',
    })
  }
  const changed = changedSince(then, await content())
  if (changed.length > 0) {
    throw usageError(
      'SOURCES_CHANGED',
      `${run} cannot go on: ${changed.join(' and ')} changed since it began`,
      { remedy: 'Begin a new run, or restore the files' },
    )
  }
  return { ...request, bail: request.bail ?? false }
}

/**
 * The jobs whose columns a resumed run needs.
 * @param all include finished jobs: their coverage is merged again
 */
export const jobsOfResume = (events: readonly RunEvent[], all: boolean): JobRef[] =>
  viewOf(events).columns.flatMap(({ failed, jobs }) =>
    jobs.filter(job => all || failed !== undefined || !isComplete(job)).map(({ ref }) => ref),
  )

/**
 * @throws ModproveError `RELEASE_MOVED` when a tree or a tarball has changed since the run began
 */
export function requireSameJobs(jobs: readonly JobRef[], events: readonly RunEvent[]): void {
  const known = new Set(jobs.map(job => job.id))
  const open = viewOf(events).columns.flatMap(column => column.jobs.filter(job => !isComplete(job)))
  const gone = open.map(({ ref }) => ref).find(ref => !known.has(ref.id))
  if (gone === undefined) return
  throw usageError('RELEASE_MOVED', `${gone.kernel} has changed since the run began`, {
    remedy: 'Begin a new run',
  })
}
