import { join } from 'node:path'
import t from 'tap'
import type { InTree } from '../../project/module-sources.js'
import { sourcesIn } from '../../project/module-sources.fixture.js'
import { sourcesOf } from './module-files.js'
import { requireModule } from './module.js'
import { toyModule } from './toy-kbuild.fixture.js'
import { folderOf, toy, work, type Files } from './toy-project.fixture.js'

const files: Files = {
  'include/own.h': '#define OWN 1',
  'lib/near.h': '#define NEAR 2',
  'drivers/net/Makefile': `ccflags-y += -I$(srctree)/lib\nobj-y += core.o\nobj-$(CONFIG_DUMMY) += dummy.o`,
  'drivers/net/core.c': 'not C',
  'drivers/net/dummy.c': toyModule(
    '#include "near.h"\n#include "../../include/own.h"\n#ifdef CONFIG_DUMMY_MODULE\nint a = OWN + NEAR;\n#endif\nextern int a; int *b = &a;',
  ),
  'drivers/net/parts/part.h': '',
  'drivers/net/wifi/Makefile': '',
  'drivers/net/wifi/wifi.c': 'nor this',
}

const buildOf = async (own: Partial<InTree> = {}) => {
  const tree = await folderOf(files)
  const inTree = { tree, object: 'dummy', sources: [], option: 'CONFIG_DUMMY', ...own }
  const module = sourcesIn(tree, { folders: [{ name: 'drivers/net', make: {}, inTree }] })
  return {
    module,
    built: requireModule({
      kernel: toy,
      project: { root: tree, module, configFile: tree },
      ...work,
    }),
  }
}

void t.test('of a folder of the kernel’s tree, the one module is built', async t => {
  const { module, built } = await buildOf()
  t.match(await built, { modules: [{ name: 'dummy' }], warnings: [] })
  t.equal((await built).modules.length, 1)
  t.strictSame(
    await sourcesOf(module),
    ['Makefile', 'core.c', 'dummy.c', 'parts/part.h'].map(name => join('drivers/net', name)),
    'folders of other modules are left out',
  )
})

void t.test('a module that the kernel has built in is refused', async t => {
  await t.rejects((await buildOf({ option: 'CONFIG_BUILTIN' })).built, {
    code: 'BUILT_IN',
    exitCode: 2,
    message: /dummy is part of kernel 6\.1\.9, which has CONFIG_BUILTIN=y/,
    remedy: /^Set CONFIG_BUILTIN=m/,
  })
})
