import type { Fault } from '../fault.js'

const FORMATS = ['summary', 'pretty', 'tap', 'junit', 'markdown', 'github', 'html'] as const

export const liesFault: Fault = {
  row: 20,
  name: 'lies',
  fault: 'the guest prints fake TAP, findings, escapes, HTML and ::error on every channel',
  expected: 'shown escaped; what a process says becomes no verdict it has no right to',
  make: async lab => {
    const ended = await lab.run(['run', 'lies'])
    const own = 'in the stream of a program'
    lab.expect(ended, {
      lies: {
        'on standard output and error': 'pass',
        'on the console': 'pass',
        'in the log of the kernel': 'pass',
        'in what the kernel itself quotes': 'pass',
        [own]: 'fail',
        after: 'pass',
      },
    })
    const findings = ended.results.flatMap(result => result.findings)
    lab.check('no finding', findings.length === 0, findings.map(({ title }) => title).join('; '))
    const isAlone = !/\u001b\[(?:2J|31m)|\u0007/.test(ended.output)
    lab.check('the terminal is left alone', isAlone, ended.output)
    for (const format of FORMATS) {
      const text = await lab.report(format)
      lab.check(`${format}: no escape`, !/[\u001b\u0007]\[?(?:2J|31m)?/.test(text), text)
      const isForged = /^\s*::error file=(?:harness\/x\.ts|x::)/m.test(text)
      lab.check(`${format}: no command of CI's own making`, !isForged, text)
      if (format !== 'html' && format !== 'junit' && format !== 'markdown') continue
      const isElement = elementsOf(format, text).includes('<script>alert(1)')
      lab.check(`${format}: no element`, !isElement, text)
    }
    lab.tell(`five tests told lies on five channels; ${FORMATS.length} reports show them escaped`)
  },
}

/** The part of a report that can become HTML elements; in Markdown, all but code. */
const elementsOf = (format: string, text: string): string =>
  format === 'markdown'
    ? text.replaceAll(/^(`{3,})[^]*?^\1$/gm, '').replaceAll(/(`+)[^`\n]+\1/g, '')
    : text
