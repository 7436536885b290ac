import { relative } from 'node:path'
import t from 'tap'
import { packageRoot } from '../platform/files/package-root.js'
import { failedAssertions } from './failed-assertions.js'

const failed = (file: string): string =>
  `TAP version 14\nnot ok 1 - it holds\n  ---\n  at:\n    fileName: ${file}\n    lineNumber: 7\n  ...\n1..1\n`

t.test(
  'an assertion has the line of its suite, and none where the suite is the harness’s',
  async t => {
    t.match(failedAssertions(failed('suites/ring.suite.ts')), [
      { message: 'it holds', at: { file: 'suites/ring.suite.ts', line: 7 } },
    ])
    const basics = relative(process.cwd(), `${packageRoot}/harness/basics/basics.suite.ts`)
    const [problem] = failedAssertions(failed(basics))
    t.match(problem, { message: 'it holds', at: undefined })
  },
)
