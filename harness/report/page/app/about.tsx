import { duration, plural } from './ends.js'
import { usePage } from './navigation.js'

/** For a baseline's changes; the record has all. */
const MOST_CHANGES = 500

/** The conditions of the run. */
export function About() {
  const { columns, data, baseline } = usePage().model
  const { run } = data
  const { host } = run
  const facts: readonly (readonly [string, string])[] = [
    ['Run', run.id],
    ['Began', run.at],
    ['Command', `modprove ${run.argv.join(' ')}`],
    ['Commit', run.commit ?? 'outside of git'],
    ['modprove', run.version],
    ['Host', `${host.system}, ${plural(host.cores, 'core')}, node ${host.node}`],
    ['Machines', `${host.qemu}, ${host.accelerator}`],
    ...(run.end === undefined
      ? [['Ended', 'it was cut off, or still goes on'] as const]
      : [
          ['Lasted', duration(run.end.durationMs)] as const,
          [
            'Exit status',
            `${run.end.exitCode}${run.end.interrupted ? ', interrupted' : ''}`,
          ] as const,
        ]),
    ...data.comparisons.map(
      ({ against, run: other, changes, unchanged, fresh }) =>
        [
          against === 'last' ? 'Since the last runs' : `Since ${other ?? 'the baseline'}`,
          `${plural(changes.length, 'change')}, ${plural(unchanged, 'test')} as before${fresh === 0 ? '' : `, ${plural(fresh, 'suite')} with nothing to compare with`}`,
        ] as const,
    ),
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
              .slice(0, MOST_CHANGES)
              .map(({ kernel, flavour, suite, test, change }) => (
                <li key={`${kernel} ${flavour} ${suite} ${test}`}>
                  <strong>{change}</strong> {suite} › {test}{' '}
                  <span class="quiet">
                    on {kernel} {flavour}
                  </span>
                </li>
              ))}
            {baseline.changes.length > MOST_CHANGES && (
              <li class="quiet">
                and {plural(baseline.changes.length - MOST_CHANGES, 'change')} more, in the record
              </li>
            )}
          </ul>
        </>
      )}
      <h2>Kernels</h2>
      <div class="map-scroll">
        <table class="facts-table">
          <thead>
            <tr>
              <th scope="col">Kernel</th>
              <th scope="col">Source</th>
              <th scope="col">Compiler</th>
              <th scope="col">Ready after</th>
            </tr>
          </thead>
          <tbody>
            {columns.map(({ place, label, built, failed }) => (
              <tr key={place}>
                <th scope="row">{label}</th>
                <td>
                  {built?.source ??
                    (failed === undefined ? 'not built yet' : 'could not be made ready')}
                </td>
                <td>{built?.compiler}</td>
                <td>{built !== undefined && duration(built.durationMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {columns.flatMap(({ label, built }) =>
        (built?.warnings ?? []).map((warning, place) => (
          <article key={`${label} ${place}`} class="problem">
            <p>The compiler warned on {label}</p>
            <pre tabIndex={0}>{warning}</pre>
          </article>
        )),
      )}
    </section>
  )
}
