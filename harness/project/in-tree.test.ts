import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readProject } from './project.js'

const MAKEFILE = `obj-$(CONFIG_NET_CORE) += core.o
obj-$(CONFIG_DUMMY) += dummy.o my-drv.o # both
my-drv-y := a.o \\
	b.o
my-drv-$(CONFIG_DEBUG) += debug.o
`

const kernelTree = (t: Test, more: object) => ({
  MAINTAINERS: '',
  Kconfig: '',
  drivers: { net: { Makefile: MAKEFILE } },
  out: { source: t.fixture('symlink', '..') },
  ...more,
})

const config = (value: object) => ({ 'modprove.config.json': JSON.stringify(value) })

void t.test('a module is found in the tree of the kernel, or around the project', async t => {
  const own = config({ module: 'in-tree:drivers/net/my_drv.ko' })
  const tree = t.testdir(kernelTree(t, { ring: own, other: { ...kernelTree(t, {}), ...own } }))
  const other = join(tree, 'other')
  const cases: [from: string, kernels: string[] | undefined, tree: string, run: string[]][] = [
    ['ring', undefined, tree, [`path:${tree}`]],
    ['ring', ['6.1', `path:${other}+gcc-12`], other, [`path:${other}`]],
    ['other', [`built:${tree}/out`], tree, [`path:${tree}`]],
  ]
  for (const [from, kernels, found, run] of cases) {
    const { module, run: defaults } = await readProject(join(tree, from), kernels)
    const file = (name: string): string => join(found, 'drivers/net', name)
    t.strictSame(
      { ...module, leftOut: [] },
      {
        root: found,
        folders: [
          {
            name: 'drivers/net',
            make: {},
            inTree: {
              tree: found,
              object: 'my-drv',
              sources: [file('a.c'), file('b.c'), file('debug.c')],
              option: 'CONFIG_DUMMY',
            },
          },
        ],
        include: [],
        leftOut: [],
      },
    )
    t.strictSame(defaults.kernels, run)
  }
})

void t.test('a kernel whose source is gone is told, not what no makefile names', async t => {
  const tree = kernelTree(t, { ring: config({ module: 'in-tree:drivers/net/core' }) })
  const root = t.testdir({ ...tree, out: { source: t.fixture('symlink', '/src/gone') } })
  await t.rejects(readProject(join(root, 'ring'), [`built:${root}/out`]), {
    code: 'NOT_BUILT',
    message: `built:${root}/out lacks its source: /src/gone is not there`,
  })
})

void t.test('kernels in folders are named from the project', async t => {
  const tree = t.testdir(
    kernelTree(t, {
      ring: config({ module: 'in-tree:drivers/net/core', run: { kernels: ['path:..', '6.1'] } }),
    }),
  )
  const { run, module } = await readProject(join(tree, 'ring'))
  t.strictSame(run.kernels, [`path:${tree}`, '6.1'])
  t.match(module.folders[0].inTree, { sources: [join(tree, 'drivers/net/core.c')] })
})

void t.test('what is not found is told with what there is', async t => {
  const cases: [object, RegExp, RegExp][] = [
    [
      { module: 'in-tree:drivers/net', run: { kernels: ['path:tree'] } },
      /in-tree:drivers\/net should be a module, and drivers\/Makefile of .*tree names none$/,
      /^Correct /,
    ],
    [
      { module: 'in-tree:drivers/net/core', run: { kernels: ['path:gone', '6.1'] } },
      /there is no folder of the kernel path:\/.*\/gone$/,
      /"run": /,
    ],
    [{ module: 'in-tree:drivers/net/core' }, /of a kernel's tree, and no kernel names/, /"run": /],
    [
      { modules: ['in-tree:drivers/net/dumy', '.'], run: { kernels: ['path:tree'] } },
      /2 mistakes:\n  modules should be all of the kernel's tree[^]*in-tree:drivers\/net\/dumy should be a module that drivers\/net\/Makefile [^]*Did you mean "dummy"\? Known: core, dummy, my-drv$/,
      /^Correct /,
    ],
  ]
  for (const [value, message, remedy] of cases) {
    const root = t.testdir({ tree: kernelTree(t, {}), ...config(value) })
    await t.rejects(readProject(root), { code: 'CONFIGURATION', exitCode: 2, message, remedy })
  }
})
