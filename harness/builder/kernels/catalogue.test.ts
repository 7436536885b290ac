import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loadCatalogue, selectKernel } from './catalogue.js'

const folder = t.testdir()
const write = async (content: unknown): Promise<string> => {
  const file = join(folder, 'kernels.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}
const valid = {
  package: 'linux-source-6.1',
  suites: ['bookworm'],
  olderSuites: [],
  notes: 'Debian 12',
}

void t.test('the shipped catalogue lists its series oldest first', async t => {
  const catalogue = await loadCatalogue()
  t.strictSame(
    catalogue.map(series => series.name),
    ['5.10', '6.1', '6.12', '7.2', '7.3'],
  )
})

void t.test('a selection is a series or a point release', async t => {
  const catalogue = await loadCatalogue()
  t.match(selectKernel(catalogue, '6.1'), { series: { name: '6.1' }, release: undefined })
  t.match(selectKernel(catalogue, '6.12.107'), { series: { name: '6.12' }, release: '6.12.107' })
  t.match(selectKernel(catalogue, '7.3~rc7'), { series: { name: '7.3' }, release: '7.3-rc7' })
})

void t.test('an unknown kernel is a usage error that lists the known series', async t => {
  const catalogue = await loadCatalogue()
  for (const unknown of ['5.9', '6.1x', '6', '', '6.1.', '../6.1', '6.1.1.1']) {
    t.throws(() => selectKernel(catalogue, unknown), {
      code: 'UNKNOWN_KERNEL',
      exitCode: 2,
      message: /Known series: 5\.10, 6\.1, 6\.12, 7\.2, 7\.3$/,
    })
  }
})

void t.test('a malformed catalogue is refused with file, place, and what was expected', async t => {
  const cases: [unknown, RegExp][] = [
    ['{"series": ', /kernels\.json: it is not JSON/],
    [[], /it should be an object, got \[\]/],
    [
      { series: { '6.1': { ...valid, package: 5 } } },
      /series\["6\.1"\]\.package should be a package/,
    ],
    [{ series: { six: valid } }, /the key of series\.six should be a series such as "6\.1"/],
    [{ series: { '6.1': { ...valid, suites: [] } } }, /\.suites should be a list of at least one/],
    [{ series: { '6.1': { ...valid, suites: ['a b'] } } }, /\.suites\[0\] should be a suite/],
    [
      { series: { '6.1': { ...valid, archive: 'archive.debian.org' } } },
      /\.archive should be the address of a host/,
    ],
    [
      { series: { '6.1': { ...valid, suits: ['sid'] } } },
      /series\["6\.1"\]\.suits is unknown\. Did you mean "suites"\?/,
    ],
  ]
  for (const [content, message] of cases) {
    await t.rejects(loadCatalogue(await write(content)), {
      code: 'CONFIGURATION',
      exitCode: 2,
      message,
    })
  }
  await t.rejects(loadCatalogue(join(folder, 'absent.json')), {
    message: /absent\.json: it cannot be read/,
  })
})
