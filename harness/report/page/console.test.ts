import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { FindingReport } from '../../contract/events.js'
import { JobConsole } from './console.js'

const finding = (text: string): FindingReport => ({ kind: 'bug', title: 'BUG', trace: [], text })

async function consoleOf(t: { testdir(): string }, text: string): Promise<JobConsole> {
  const folder = t.testdir()
  await mkdir(join(folder, 'jobs/6.1-plain/ring'), { recursive: true })
  await writeFile(join(folder, 'jobs/6.1-plain/ring/console.log'), text)
  const console = await JobConsole.read(folder, '6.1-plain/ring')
  if (console === undefined) throw new Error('no console')
  return console
}

const stamp = (text: string, at: number, caller = '   T71') =>
  `[    5.${String(at).padStart(6, '0')}][${caller}] ${text}\r`

t.test('a console is split at the splat, where another caller wrote into it too', async t => {
  const lines = [
    'Linux version 6.1',
    stamp('ring: opened', 1),
    stamp('BUG: list corrupted', 2),
    stamp('something else', 3, '    C0'),
    stamp(' ring_ioctl+0x1/0x2', 4),
    stamp('ring: closed', 5),
  ]
  const excerpt = (await consoleOf(t, lines.join('\n'))).around(
    finding('BUG: list corrupted\n ring_ioctl+0x1/0x2'),
  )
  t.strictSame(excerpt?.before, ['Linux version 6.1', stamp('ring: opened', 1).trimEnd()])
  t.equal(excerpt?.splat.length, 3)
  t.match(excerpt?.splat[2], 'ring_ioctl')
  t.strictSame(excerpt?.after, [stamp('ring: closed', 5).trimEnd()])
  t.strictSame([excerpt?.line, excerpt?.behind], [1, 0])
})

t.test('a second report with the same words is the second on the console', async t => {
  const text = Array.from({ length: 100 }, (_, at) =>
    stamp(at % 40 === 20 ? 'BUG: twice' : `line ${at}`, at),
  )
  const console = await consoleOf(t, text.join('\n'))
  t.equal(console.around(finding('BUG: twice'))?.line, 1)
  const second = console.around(finding('BUG: twice'))
  t.match(second?.before.at(-1), 'line 59')
  t.strictSame([second?.line, second?.after.length, second?.behind], [31, 30, 9])
})

t.test('a splat without end is cut, and says how much is missing', async t => {
  const splat = Array.from({ length: 500 }, (_, at) => `frame ${at}`)
  const excerpt = (await consoleOf(t, splat.map((line, at) => stamp(line, at)).join('\n'))).around(
    finding(splat.join('\n')),
  )
  t.equal(excerpt?.splat.length, 201)
  t.match(excerpt?.splat.at(-1), '300 lines more, in the record')
})

t.test('a console that does not show it has no place of it', async t => {
  const console = await consoleOf(t, 'quiet\n')
  t.equal(console.around(finding('BUG: unseen')), undefined)
  t.equal(console.around(finding('')), undefined)
  t.equal(await JobConsole.read(t.testdir(), '6.1-plain/none'), undefined, 'nor has none at all')
})
