import type { Share } from '../../../contract/events.js'
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
      <table class="facts-table">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Lines</th>
            <th scope="col">Functions</th>
            <th scope="col">Branches</th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ file, lines, functions, branches }) => (
            <tr key={file}>
              <th scope="row" class="mono">
                {file}
              </th>
              {[lines, functions, branches].map((share, place) => (
                <td key={place}>
                  <ShareOf share={share} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{gaps.length === 0 ? 'Nothing was left out' : 'What no machine executed'}</h3>
      <ul class="gaps">
        {gaps.map(({ file, line, code, what, reason }, place) => (
          <li key={place}>
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
