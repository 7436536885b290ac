import { usageError } from '../platform/errors.js'
import type { JobRef, Request, RunEvent } from '../contract/events.js'
import { isSettled } from '../record/progress.js'
import { viewOf } from '../record/view.js'
import type { Content } from './provenance.js'
import type { RunRequest } from './request.js'

/**
 * What a run was asked for, when it can go on.
 *
 * @param content of module and suites as they are now
 * @throws ModproveError `NOTHING_TO_RESUME` when it ended, or is no run of suites; `SOURCES_CHANGED` when half of its
 *   results would be of other sources than the other half
 */
export async function requireResumable(
  events: readonly RunEvent[],
  content: () => Promise<Content>,
): Promise<Omit<RunRequest, 'accelerator'>> {
  const view = viewOf(events)
  const { run, request, content: then } = view.start
  if (request === undefined) {
    throw usageError('NOTHING_TO_RESUME', `${run} is no run of suites`, {
      remedy: 'Name one: modprove run --resume RUN; other commands are just called again',
    })
  }
  const isOpen = view.columns.some(
    ({ failed, jobs }) => failed === undefined && jobs.some(job => !isSettled(job)),
  )
  if (!isOpen && view.end !== undefined && !view.end.interrupted) {
    throw usageError('NOTHING_TO_RESUME', `${run} has run to its end`, {
      remedy: 'modprove run begins a new one',
    })
  }
  const now = await content()
  const changed = (['module', 'suites'] as const).filter(part => now[part] !== then[part])
  if (changed.length > 0) {
    throw usageError(
      'SOURCES_CHANGED',
      `${run} cannot go on: ${changed.join(' and ')} changed since it began`,
      { remedy: 'Begin a new run, or put the files back as they were' },
    )
  }
  return requestOf(request)
}

const requestOf = (request: Request): Omit<RunRequest, 'accelerator'> => ({
  ...request,
  bail: false,
  keep: false,
})

/**
 * The jobs whose columns a run needs to go on.
 * @param all those that ended too: what they covered is merged anew
 */
export const jobsOfResume = (events: readonly RunEvent[], all: boolean): JobRef[] =>
  viewOf(events).columns.flatMap(({ failed, jobs }) =>
    jobs.filter(job => all || failed !== undefined || !isSettled(job)).map(({ ref }) => ref),
  )

/** @throws ModproveError `RELEASE_MOVED` when a tree or a tarball is not what it was when the run began */
export function requireSameJobs(jobs: readonly JobRef[], events: readonly RunEvent[]): void {
  const known = new Set(jobs.map(job => job.id))
  const open = viewOf(events).columns.flatMap(column => column.jobs.filter(job => !isSettled(job)))
  const gone = open.map(({ ref }) => ref).find(ref => !known.has(ref.id))
  if (gone === undefined) return
  throw usageError('RELEASE_MOVED', `${gone.kernel} has changed since the run began`, {
    remedy: 'Begin a new run',
  })
}
