import pc from '../../platform/terminal/colours.js'
import { columnTitle } from '../../contract/column-title.js'
import type { JobRef, Status, TestEnd } from '../../contract/events.js'
import { comparePromises, promisesOf } from '../../platform/names/promise-ids.js'

/** Results of the promises that tests name, by kernel and flavour. */
export class PromiseTally {
  readonly #columns = new Map<string, Map<string, Status[]>>()

  take(event: TestEnd, job: JobRef | undefined): void {
    if (job === undefined) return
    const name = columnTitle(job)
    const column = this.#columns.get(name) ?? new Map<string, Status[]>()
    this.#columns.set(name, column)
    for (const promise of promisesOf(event.test)) {
      column.set(promise, [...(column.get(promise) ?? []), event.status])
    }
  }

  /** A line for each column; empty if no test names a promise. */
  lines(): string {
    return [...this.#columns]
      .filter(([, promises]) => promises.size > 0)
      .map(([column, promises]) => line(column, promises))
      .join('')
  }
}

/** A promise is proved if a test of it passed and the others passed or were skipped. */
function line(column: string, promises: ReadonlyMap<string, readonly Status[]>): string {
  const all = [...promises].sort(([a], [b]) => comparePromises(a, b))
  const those = (which: (statuses: readonly Status[]) => boolean) =>
    all.filter(([, statuses]) => which(statuses)).map(([promise]) => promise)
  const isSkipped = (statuses: readonly Status[]) => statuses.every(status => status === 'skip')
  const isOpen = (statuses: readonly Status[]) =>
    statuses.some(status => status !== 'pass' && status !== 'skip')
  const [skipped, open] = [those(isSkipped), those(isOpen)]
  const numbers = new Map<string, { all: number; proved: number }>()
  for (const [promise] of all) {
    const letter = promise.slice(0, 1)
    const number = numbers.get(letter) ?? { all: 0, proved: 0 }
    numbers.set(letter, number)
    number.all += 1
    if (!skipped.includes(promise) && !open.includes(promise)) number.proved += 1
  }
  const proved = [...numbers].map(([letter, { all, proved }]) => `${proved} of ${all} ${letter}`)
  const parts = [
    `${proved.join(' and ')} proved`,
    ...(open.length > 0 ? [pc.red(`not ${open.join(' ')}`)] : []),
    ...(skipped.length > 0 ? [pc.dim(`skipped ${skipped.join(' ')}`)] : []),
  ]
  return `promises on ${column}: ${parts.join(', ')}\n`
}
