import { join } from 'node:path'
import t from 'tap'
import type { KernelSource } from '../builder/index.js'
import { silent } from '../platform/terminal/progress.js'
import { readProject } from '../project/project.js'
import { kernelTestsOf, requireSelftests } from './kernel-tests.js'

t.test(
  'a target that does not exist is said at once, with its line and those there are',
  async t => {
    const cache = process.env['MODPROVE_CACHE']
    process.env['MODPROVE_CACHE'] = join(t.testdirName, 'cache')
    t.teardown(() => {
      if (cache === undefined) delete process.env['MODPROVE_CACHE']
      else process.env['MODPROVE_CACHE'] = cache
    })
    const root = t.testdir({
      Kbuild: 'obj-m := a.o\n',
      'modprove.config.json': '{\n  "suites": ["kselftest:synk"]\n}\n',
      cache: {},
      tree: { tools: { testing: { selftests: { sync: { Makefile: 'include ../lib.mk\n' } } } } },
    })
    const tree = join(root, 'tree')
    const open = async () => ({ tree, outputs: tree, stillSame: async () => undefined })
    const source: KernelSource = {
      ...{ series: '6.1', release: '6.1.9', id: 'toy 6.1.9-1', name: '6.1.9-1', tree, open },
    }
    const said: string[] = []
    const progress = { ...silent, say: (line: string) => said.push(line) }
    const work = { signal: new AbortController().signal, progress }
    const built = await requireSelftests(await readProject(root), source, ['synk'], work)
    const message = 'modprove.config.json:2: suites: Kernel 6.1.9 has no kselftest "synk"'
    const remedy = 'Did you mean "sync"? Those of tools/testing/selftests: sync'
    t.match(built, { synk: { code: 'UNKNOWN_KSELFTEST', message, remedy } })
    t.strictSame(said, [message], 'the list is told with the suite that fails')
  },
)

t.test(
  'what a target asks for and the kernel lacks goes with it, with the line to add',
  async t => {
    const folder = t.testdir({
      config: 'CONFIG_NET=y\nCONFIG_KUNIT_DEBUGFS=y\n# CONFIG_TOY is not set\n',
    })
    const kernel = { config: join(folder, 'config') }
    const options = ['CONFIG_NET=m', 'CONFIG_TOY=y']
    const toy = { folder, programs: [], files: [], libraries: {}, timeoutS: 45, options }
    const project = { configFile: join(folder, 'config') }
    const { hasKunit, selftests } = await kernelTestsOf(project, kernel, {
      toy,
      less: { ...toy, options: [] },
    })
    t.ok(hasKunit)
    const advice =
      'Its config asks for what this kernel lacks: add to "kconfig" in config: "CONFIG_TOY=y"'
    t.match(selftests, { toy: { advice }, less: { advice: undefined } })
  },
)
