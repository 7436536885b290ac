import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readProject } from './project.js'

const KBUILD = 'obj-m := ring.o\n'

/** The sources of a package with this `dkms.conf` and these files. */
async function sourcesOf(dkms: string, files: object) {
  const root = t.testdir({
    'ring-1.2': { 'modprove.config.json': '{}', 'dkms.conf': dkms, ...files },
  })
  const { module } = await readProject(join(root, 'ring-1.2'))
  return { folders: module.folders, include: module.include }
}

void t.test('a package of dkms is a project as it is', async t => {
  const dkms = `# Debian's
PACKAGE_NAME="ring"
PACKAGE_VERSION=1.2
MAKE[0]="'make' -j4 KVER=\${kernelver} M=\${dkms_tree}/\${PACKAGE_NAME} CC=gcc-12 V=1 \\
  VERSION=\${PACKAGE_VERSION} DKMS_BUILD=1 EXTRA='-DA -DB=2'"
CLEAN="make clean X=1"
PRE_BUILD="dkms/prepare.sh $kernel_source_dir"
BUILT_MODULE_NAME[0]="$PACKAGE_NAME"
DEST_MODULE_LOCATION[0]="/updates/dkms"
`
  const make = { VERSION: '1.2', DKMS_BUILD: '1', EXTRA: '-DA -DB=2' }
  const prepare = './dkms/prepare.sh $kernel_source_dir'
  t.strictSame(await sourcesOf(dkms, { Makefile: KBUILD }), {
    folders: [{ name: '.', make, prepare }],
    include: [],
  })
  const below = await sourcesOf(`${dkms}BUILT_MODULE_LOCATION[0]="src/core/"\n`, {
    Makefile: 'all:\n\tmake -C src/core\n',
    src: { core: { Kbuild: KBUILD } },
  })
  t.strictSame(below, {
    folders: [{ name: 'src/core', make, prepare: `cd ../.. && ${prepare}` }],
    include: ['.'],
  })
})

void t.test('its folders are those in which Kbuild builds the modules', async t => {
  const names = async (dkms: string, files: object) =>
    (await sourcesOf(dkms, files)).folders.map(({ name }) => name)
  const several = `BUILT_MODULE_NAME[0]=a; BUILT_MODULE_LOCATION[0]='a/'; DEST_MODULE_LOCATION[0]=/x
BUILT_MODULE_LOCATION[1]=./b
BUILT_MODULE_LOCATION[2]=a
BUILT_MODULE_LOCATION[3]=out
`
  const files = { a: { Kbuild: KBUILD }, b: { Makefile: 'obj-m := b.o\n' }, out: {} }
  t.strictSame(await names(several, files), ['a', 'b'])
  t.strictSame(await names(several, { ...files, Kbuild: 'obj-m := a/ b/\n' }), ['.'])
  t.strictSame(await names('MAKE="make"\n', {}), ['.'], 'what names none is reported by the build')
})

void t.test('what the configuration says of modules counts alone', async t => {
  const dkms = 'MAKE[0]="make A=1"\n'
  const config = (text: string) => ({ Kbuild: KBUILD, 'modprove.config.json': text })
  const make = { A: '1' }
  t.match(await sourcesOf(dkms, config('{"name":"x","include":["Kbuild"]}')), {
    folders: [{ make }],
    include: ['Kbuild'],
  })
  t.strictSame((await sourcesOf(dkms, config('{"module":"."}'))).folders[0].make, {})
})

void t.test('its folder needs no configuration', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'modprove-dkms-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'src'))
  await writeFile(join(folder, 'src/Kbuild'), KBUILD)
  await writeFile(join(folder, 'dkms.conf'), 'BUILT_MODULE_LOCATION[0]="src"\n')
  const { root, module } = await readProject(folder)
  t.equal(root, folder)
  t.match(module.folders, [{ name: 'src' }])
})
