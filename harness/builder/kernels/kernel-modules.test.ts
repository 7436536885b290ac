import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { loadFlavours, selectFlavour } from './flavours.js'
import { requireKernel } from './kernel.js'
import { pathSource } from './path-source.js'
import { toyTree } from './toy-tree.fixture.js'

const base = await mkdtemp(join(tmpdir(), 'modprove-kernel-modules-'))
t.teardown(() => rm(base, { recursive: true, force: true }))
process.env['MODPROVE_CACHE'] = join(base, 'cache')
const { signal } = new AbortController()
const source = await pathSource(await toyTree(join(base, 'linux'), '6.1.9'), signal)

const built = async (kconfig: readonly string[]) => {
  const project = { root: base, configFile: '/', kconfig, machine: {}, flavours: {}, guest: {} }
  const plain = selectFlavour(await loadFlavours(project), 'plain')
  return requireKernel({ source, flavour: plain, signal, progress: silent })
}

void t.test('options that are m are built as modules, and kept with what each needs', async t => {
  const kernel = await built(['CONFIG_TOY=m'])
  t.match(kernel.modules, [
    { name: 'toy_base', depends: [], isRequested: false },
    { name: 'toy_crc', isRequested: false },
    { name: 'toy_user', depends: ['toy_base', 'toy_crc'], isRequested: true },
  ])
  for (const { file } of kernel.modules) t.match(await readFile(file), /ELF/)
  t.equal(await readFile(join(kernel.tree, 'Module.symvers'), 'utf8'), 'of modules\n')
  t.strictSame((await readdir(kernel.folder)).includes('installed'), false)
})

void t.test('without any, no modules are built, and the kernel is another', async t => {
  const none = await built([])
  t.strictSame(none.modules, [])
  t.equal(await readFile(join(none.tree, 'Module.symvers'), 'utf8'), '')
  t.not(none.key, (await built(['CONFIG_TOY=m'])).key)
  t.not(none.key, (await built(['CONFIG_TOY=y'])).key)
})

void t.test('a damaged module is built again', async t => {
  const [module] = (await built(['CONFIG_TOY=m'])).modules
  await writeFile(module?.file ?? '', 'x')
  const [again] = (await built(['CONFIG_TOY=m'])).modules
  t.match(await readFile(again?.file ?? ''), /ELF/)
})
