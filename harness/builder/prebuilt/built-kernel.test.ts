import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ModproveError } from '../../platform/errors.js'
import { silent } from '../../platform/terminal/progress.js'
import { loadFlavours, selectFlavour } from '../kernels/flavours.js'
import { requireKernel } from '../kernels/kernel.js'
import { buildFolder, TOY_OPTIONS, toyConfig } from './build-folder.fixture.js'
import { builtKernel } from './built-kernel.js'

const base = await mkdtemp(join(tmpdir(), 'modprove-built-'))
t.teardown(() => rm(base, { recursive: true, force: true }))
process.env['MODPROVE_CACHE'] = join(base, 'cache')

const said: string[] = []
const work = {
  signal: new AbortController().signal,
  progress: { ...silent, say: (line: string) => void said.push(line) },
}
const flavour = selectFlavour(await loadFlavours(), 'distro')

const build = (name: string, files: Record<string, string | undefined> = {}) =>
  buildFolder(join(base, name), files)

const stateOf = async (folder: string): Promise<string> => {
  const paths = (await readdir(folder, { recursive: true })).sort()
  const times = paths.map(async path => `${path} ${(await stat(join(folder, path))).mtimeMs}`)
  return (await Promise.all(times)).join('\n')
}

void t.test('what is built is copied, and its folder is not written', async t => {
  const folder = await build('linux')
  const before = await stateOf(folder)
  const source = await builtKernel(folder, work)
  t.match(source, { series: '6.1', release: '6.1.9+', id: new RegExp(`^built:${folder} `) })
  const kernel = await requireKernel({ source, flavour, ...work })
  t.match(kernel, { release: '6.1.9+', toolchain: { cc: 'gcc' }, atBoot: ['virtio_net'] })
  t.equal(await readFile(kernel.image, 'utf8'), 'image')
  t.equal(await readFile(join(kernel.tree, 'Module.symvers'), 'utf8'), '0x1\tring\n')
  t.equal((await stat(kernel.modules[0]?.file ?? '')).isFile(), true)
  t.equal(await stateOf(folder), before)
  const [compiler = '', ...lacks] = said.splice(0)
  await requireKernel({ source: await builtKernel(folder, work), flavour, ...work })
  t.strictSame(said.splice(0), [compiler], 'what it lacks is said once')
  t.match(compiler, /^built:\S+ was built by gcc \(Toy\) 12\.2\.0, and modules by gcc \S/)
  t.strictSame(lacks, [`built:${folder} has no CONFIG_PAGE_OWNER: leaked pages name no line`])
  await t.rejects(source.open(work), { code: 'NO_SOURCE', remedy: /path:FOLDER/ })
  const namesake = await builtKernel(await build('other/linux'), work)
  t.not(namesake.name, source.name, 'another folder of that name is another column')
  said.splice(0)

  for (const path of ['Module.symvers', 'drivers/net/virtio_net.ko', 'include/linux/a.h']) {
    const { id } = await builtKernel(folder, work)
    await writeFile(join(folder, path), `${await readFile(join(folder, path), 'latin1')}x`)
    t.not((await builtKernel(folder, work)).id, id, `with another ${path}, it is another kernel`)
  }
})

void t.test('half a build is refused with the remedy', async t => {
  const refused = async (
    name: string,
    files: Record<string, string | undefined>,
    code: string,
    words: RegExp,
  ): Promise<void> => {
    const error = await builtKernel(await build(name, files), work).catch((error: unknown) => error)
    t.match(error, { code, exitCode: 2 }, name)
    const { message, remedy } = error as ModproveError
    t.match(`${message} | ${remedy}`, words, name)
  }
  const set = (without: string, compiler?: string): Record<string, string> => ({
    '.config': toyConfig(
      TOY_OPTIONS.filter(name => !without.split(' ').includes(name)),
      compiler,
    ),
  })
  const image = { 'arch/x86/boot/bzImage': undefined }
  await refused(
    'no-image',
    image,
    'NOT_BUILT',
    /not built to the end: it has no arch\/x86\/boot\/bzImage \| Finish it by make -C \S+no-image,/,
  )
  const parts = {
    'System.map': undefined,
    'modules.order': 'a/gone.ko\n',
    'modules.builtin': undefined,
  }
  await refused(
    'half',
    parts,
    'NOT_BUILT',
    /no System\.map, modules\.builtin, a\/gone\.ko \| Finish/,
  )
  const late = ['Module.symvers', 'include/config/kernel.release']
  const begun = Object.fromEntries(
    [...late, ...Object.keys({ ...image, ...parts })].map(name => [name, undefined]),
  )
  await refused('begun', begun, 'NOT_BUILT', /Module\.symvers, modules\.order and 1 more \|/)
  const changed = { 'include/config/auto.conf': toyConfig([...TOY_OPTIONS, 'MODULE_SIG']) }
  await refused(
    'changed',
    changed,
    'NOT_BUILT',
    /was changed since \(CONFIG_MODULE_SIG\) \| Finish/,
  )
  await refused('arm', { ...set('X86_64'), ...image }, 'OTHER_ARCHITECTURE', /another architecture/)
  const old = 'x86_64-linux-gnu-gcc-3 (GCC) 3.4.6'
  await refused('old', set('', old), 'NO_COMPILER', /apt-get install gcc-3$/)
  await refused('clang', set('CC_IS_GCC'), 'OTHER_COMPILER', /not built by gcc/)
  const apart = await build('apart', {})
  await symlink('/src/gone', join(apart, 'source'))
  const message = `built:${apart} lacks its source: /src/gone is not there`
  await t.rejects(builtKernel(apart, work), { code: 'NOT_BUILT', message })
  await t.rejects(builtKernel(join(base, 'nowhere'), work), { code: 'NOT_BUILT' })
})

void t.test('one that no machine boots says why, and is there to build modules for', async t => {
  const config = toyConfig(TOY_OPTIONS.filter(name => !['TTY', 'PCI'].includes(name)))
  const source = await builtKernel(await build('tiny', { '.config': config }), work)
  const remedy = /CONFIG_TTY=y\n {2}CONFIG_PCI=y\nor only build modules for it: --build-only$/
  const cannotBoot = { code: 'OPTIONS_LOST', exitCode: 2, remedy }
  t.match(source, { cannotBoot })
  t.match(await requireKernel({ source, flavour, ...work }), { release: '6.1.9+', cannotBoot })
})
