import { columnTitle } from '../../../contract/column-title.js'
import type { RunData } from '../data.js'
import { durationText, plural } from './ends.js'
import { FactsTable } from './facts-table.js'
import { usePage } from './navigation.js'

/** For a baseline's changes; the record has all. */
const MAX_CHANGES = 500

type Fact = readonly [name: string, value: string]

function endOf({ end }: RunData): readonly Fact[] {
  if (end === undefined) return [['Ended', 'it was cut off, or still goes on']]
  const status = `${end.exitCode}${end.interrupted ? ', interrupted' : ''}`
  return [
    ['Lasted', durationText(end.durationMs)],
    ['Exit status', status],
  ]
}

/** The conditions of the run. */
export function About() {
  const { columns, data, baseline } = usePage().model
  const { run } = data
  const { host } = run
  const facts: readonly Fact[] = [
    ['Run', run.id],
    ['Began', run.at],
    ['Command', `modprove ${run.argv.join(' ')}`],
    ['Commit', run.commit ?? 'outside of git'],
    ['modprove', run.version],
    ['Host', `${host.system}, ${plural(host.cores, 'core')}, node ${host.node}`],
    ['Machines', `${host.qemu}, ${host.accelerator}`],
    ...endOf(run),
    ...data.comparisons.map(({ against, run: other, changes, unchanged, fresh }): Fact => {
      const since = against === 'last' ? 'Since the last runs' : `Since ${other ?? 'the baseline'}`
      const known = `${plural(changes.length, 'change')}, ${plural(unchanged, 'test')} as before`
      const unknown = `, ${plural(fresh, 'suite')} with nothing to compare with`
      return [since, fresh === 0 ? known : known + unknown]
    }),
  ]
  return (
    <section aria-labelledby="run-title">
      <h2 id="run-title">This run</h2>
      <dl class="facts-list">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
      </dl>
      {baseline !== undefined && baseline.changes.length > 0 && (
        <>
          <h2>Against the baseline</h2>
          <ul class="gaps">
            {baseline.changes
              .slice(0, MAX_CHANGES)
              .map(({ kernel, flavour, suite, test, change }) => (
                <li key={`${kernel} ${flavour} ${suite} ${test}`}>
                  <strong>{change}</strong> {suite} › {test}{' '}
                  <span class="quiet">on {columnTitle({ kernel, flavour })}</span>
                </li>
              ))}
            {baseline.changes.length > MAX_CHANGES && (
              <li class="quiet">
                and {plural(baseline.changes.length - MAX_CHANGES, 'change')} more, in the record
              </li>
            )}
          </ul>
        </>
      )}
      <h2>Kernels</h2>
      <FactsTable
        heads={['Kernel', 'Source', 'Compiler', 'Ready after']}
        rows={columns.map(({ label, built, failed }) => {
          const unbuilt = failed === undefined ? 'not built yet' : 'could not be made ready'
          const cells = [
            built?.source ?? unbuilt,
            built?.compiler,
            built && durationText(built.durationMs),
          ]
          return { head: label, cells }
        })}
      />
      {columns.map(
        ({ label, built }) =>
          built?.xpass !== undefined && (
            <p key={label} class="notice">
              {label} was built although it was expected not to: {built.xpass}
            </p>
          ),
      )}
      {columns.flatMap(({ label, built }) =>
        (built?.warnings ?? []).map((warning, index) => (
          <article key={`${label} ${index}`} class="problem">
            <p>The compiler warned on {label}</p>
            <pre tabIndex={0}>{warning}</pre>
          </article>
        )),
      )}
    </section>
  )
}
