import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { NOBODY, rememberIndex } from '../builder/archive/archive.fixture.js'
import { buildFolder } from '../builder/prebuilt/build-folder.fixture.js'
import { silent } from '../platform/terminal/progress.js'
import { projectOf } from '../project/project.js'
import { columnsOf } from './columns.js'
import { columnsOfJobs } from './columns-of-jobs.js'

const cache = await mkdtemp(join(tmpdir(), 'modprove-columns-'))
process.env['MODPROVE_CACHE'] = cache
process.env['MODPROVE_MIRROR'] = NOBODY
t.teardown(() => rm(cache, { recursive: true, force: true }))
const work = { signal: new AbortController().signal, progress: silent }
await rememberIndex(cache, 'trixie-security', ['6.12.117-1', '6.12.118-1'], '6.12')
await rememberIndex(cache, 'trixie', [], '6.12')
const project = projectOf(join(cache, 'modprove.config.json'), {})
const job = (release: string, flavour: string) => ({ kernel: '6.12', release, flavour })

t.test(
  'a wrong word of the configuration is told with its place, and one of an option is not',
  async t => {
    const file = join(cache, 'modprove.config.json')
    const of = (run: object) => projectOf(file, { run })
    const plain = { kernels: ['6.12'], flavours: ['plain'] }
    const told = (project: ReturnType<typeof of>, kernels: string[], flavours: string[]) =>
      columnsOf(project, { kernels, flavours }, work).then(String, ({ message }: Error) => message)
    const gone = `path:${cache}/gone`
    t.match(
      await told(of({ kernels: [gone] }), [gone], plain.flavours),
      `${file}: run.kernels: ${gone} is`,
    )
    t.match(await told(of(plain), [gone], plain.flavours), /^path:.* is not a kernel's source tree/)
    const flavours = ['plian']
    t.match(
      await told(of({ flavours }), plain.kernels, flavours),
      `${file}: run.flavours: There is no`,
    )
  },
)

t.test('a run goes on with the release that it began with, under the name it had', async t => {
  const jobs = [job('6.12.117', 'plain'), job('6.12.117', 'plain'), job('6.12.117', 'debug')]
  const columns = await columnsOfJobs(project, jobs, work)
  t.strictSame(
    columns.map(({ id, kernel }) => [id, kernel]),
    [
      ['6.12.117-plain', '6.12'],
      ['6.12.117-debug', '6.12'],
    ],
  )
})

t.test('a release that the archive no longer has cannot go on', async t => {
  await t.rejects(columnsOfJobs(project, [job('6.12.94', 'plain')], work), {
    code: 'RELEASE_MOVED',
    exitCode: 2,
    message: /begun with 6\.12\.94/,
  })
})

t.test('a flavour that none of the kernels has is wrong use, and not dropped', async t => {
  const source = join(cache, 'built')
  const of = (flavours: string[]) =>
    columnsOf(project, { kernels: [`built:${source}`], flavours }, work)
  await buildFolder(source)
  const names = async (flavours: string[]) =>
    (await of(flavours)).map(({ flavour }) => flavour.name)
  t.strictSame(await names(['plain']), ['distro'], 'the default')
  t.strictSame(await names(['all']), ['distro'])
  t.strictSame(await names(['distro']), ['distro'])
  await t.rejects(of(['plain', 'debug']), {
    code: 'UNKNOWN_FLAVOUR',
    exitCode: 2,
    message: `Kernel built:${source} is prebuilt, and has no flavour debug`,
  })
})
