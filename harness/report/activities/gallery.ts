import type { Status } from '../../contract/events.js'
import { stages, type GalleryColumn, type GalleryResult } from '../../contract/gallery-result.js'
import { oneLine } from '../../platform/text/text.js'
import { aligned } from '../terminal/aligned.js'

const MARKS: Readonly<Record<Status, string>> = {
  pass: '✓',
  fail: '✗',
  error: '‼',
  miss: '–',
  xfail: '×',
  skip: '○',
}
const MAX_REASON_CHARACTERS = 200

const marksOf = (column: GalleryColumn): string =>
  stages.map(stage => MARKS[column.stages[stage].status]).join('')

/** Modules by kernels, a mark for each stage, and the reasons of what did not pass. */
export function galleryTable(results: readonly GalleryResult[]): string {
  const releases = [...new Set(results.flatMap(({ columns }) => columns.map(at => at.release)))]
  const rows = results.map(({ module, package: version, columns, problem }) => [
    module,
    version.split('=')[1] ?? '',
    ...releases.map(release => {
      const column = columns.find(each => each.release === release)
      if (column !== undefined) return marksOf(column)
      return problem === undefined ? '' : MARKS.error
    }),
  ])
  const table = aligned(
    [['', '', ...releases], ...rows],
    [...releases.keys(), releases.length, releases.length + 1],
  )
  const legend = `marks: ${stages.join(', ')}; ✓ passed, × failed as expected, ○ skipped, ✗ failed, ‼ lost, – not run`
  return [...table, '', legend, ...results.flatMap(reasonsOf), ''].join('\n')
}

function reasonsOf({ module, columns, problem }: GalleryResult): string[] {
  if (problem !== undefined) return [`${MARKS.error} ${module}: ${oneLine(problem)}`]
  return columns.flatMap(({ release, stages: ended }) =>
    stages.flatMap(stage => {
      const { status, reason } = ended[stage]
      if (status === 'pass' || status === 'skip' || reason === undefined) return []
      const words = oneLine(reason, MAX_REASON_CHARACTERS)
      return [`${MARKS[status]} ${module} ${release} ${stage}: ${words}`]
    }),
  )
}
