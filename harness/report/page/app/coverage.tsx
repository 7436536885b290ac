import type { Share } from '../../../contract/events.js'
import { FactsTable } from './facts-table.js'
import { usePage } from './navigation.js'

/** What the run's machines executed of the module, and what they did not. */
export function Coverage() {
  const { coverage } = usePage().model.data
  if (coverage === undefined) {
    return <p class="empty">This run counted no coverage: modprove run --coverage does.</p>
  }
  const { files, gaps } = coverage
  return (
    <section aria-labelledby="coverage-title">
      <h2 id="coverage-title">Coverage of the module</h2>
      <FactsTable
        files
        heads={['File', 'Lines', 'Functions', 'Branches']}
        rows={files.map(({ file, lines, functions, branches }) => ({
          head: file,
          cells: [lines, functions, branches].map(share => <ShareOf share={share} />),
        }))}
      />
      <h3>{gaps.length === 0 ? 'Nothing was left out' : 'What no machine executed'}</h3>
      <ul class="gaps">
        {gaps.map(({ file, line, code, what, reason }, index) => (
          <li key={index}>
            <span class="mono quiet">
              {file}:{line}
            </span>{' '}
            {what} <code>{code.trim()}</code>
            <p class={reason === undefined ? 'unexplained' : 'quiet'}>
              {reason ?? 'no reason is given'}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}

const ShareOf = ({ share: { covered, total } }: { readonly share: Share }) =>
  total === 0 ? (
    <span class="quiet">none</span>
  ) : (
    <>
      <meter min={0} max={total} value={covered} aria-hidden="true" />{' '}
      {/* Rounded down: only full coverage is 100 %. */}
      {Math.floor((100 * covered) / total)} %{' '}
      <span class="quiet">
        {covered}/{total}
      </span>
    </>
  )
