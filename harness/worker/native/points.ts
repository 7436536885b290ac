import { PROGRAM_RUN, SUITE_END, WHOLE_FILE } from '../../contract/test-names.js'
import { clip } from '../../platform/text/text.js'
import { titleOf } from '../../session/guest-tap.js'
import type { PointResult } from '../../suite-api/registry.js'
import type { TapPoint } from '../../tap/index.js'

/** Far more than a suite has; each becomes an event of the record. */
const MOST_POINTS = 10_000
const REASON_CHARACTERS = 1000

/** Makes a test of each result of a program, under a name of its own. */
export class Points {
  /** Those that are taken. A guest must not give a result of the harness's own tests. */
  readonly #names = new Set<string>([PROGRAM_RUN, SUITE_END, WHOLE_FILE])
  /** How often each title has come. */
  readonly #times = new Map<string, number>()
  readonly #report: (result: PointResult) => void
  #last = performance.now()
  #count = 0

  constructor(report: (result: PointResult) => void) {
    this.#report = report
  }

  /** What is wrong with the results as a whole. */
  get complaints(): readonly string[] {
    const untold = this.#count - MOST_POINTS
    return untold > 0 ? [`${untold} results more than are kept`] : []
  }

  /** @param program the names before its own */
  add(point: TapPoint, ...program: readonly string[]): void {
    this.#count += 1
    if (this.#count > MOST_POINTS) return
    const now = performance.now()
    const durationMs = Math.round(now - this.#last)
    this.#last = now
    const { path, name, number, ok, outcome, detail } = point
    const reason = clip(point.reason, REASON_CHARACTERS)
    const names = [...program, ...path, name || `test ${number ?? this.#count}`]
    const title = titleOf(names).replaceAll(/\s+/g, ' ')
    const own = { name: this.#nameOf(title), problems: [], durationMs }
    if (outcome === 'pass') this.#report({ ...own, status: 'pass' })
    else if (outcome === 'skip') this.#report({ ...own, status: 'skip', reason })
    else if (outcome === 'todo') this.#report({ ...own, ...expected(ok, reason) })
    else {
      const message = reason || saidIn(detail) || 'its line begins with "not ok"'
      const problem = {
        kind: 'assertion' as const,
        message,
        ...(detail !== `# ${message}` && detail && { detail }),
      }
      this.#report({ ...own, status: 'fail', problems: [problem] })
    }
  }

  /** `it works`, `it works (2)` */
  #nameOf(title: string): string {
    let nth = this.#times.get(title) ?? 0
    let name: string
    do {
      nth += 1
      name = nth === 1 ? title : `${title} (${nth})`
    } while (this.#names.has(name))
    this.#times.set(title, nth)
    this.#names.add(name)
    return name
  }
}

/** Of what a program said of a failure: the line with a place in its source, else the last. */
function saidIn(detail: string): string {
  const lines = detail.split('\n').map(line => line.replace(/^[#\s]+/, ''))
  const words = lines.filter(line => /\w/.test(line))
  const said = words.find(line => /\w\.\w+:\d/.test(line)) ?? words.at(-1) ?? ''
  return clip(said, REASON_CHARACTERS)
}

const expected = (ok: boolean, reason: string): Pick<PointResult, 'status' | 'reason' | 'xpass'> =>
  ok ? { status: 'pass', xpass: reason } : { status: 'xfail', reason }
