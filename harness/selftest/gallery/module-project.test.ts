import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { packaged } from '../../builder/archive/packaged.fixture.js'
import { SignedMirror } from '../../builder/archive/signed-mirror.fixture.js'
import { silent } from '../../platform/terminal/progress.js'
import { makeModuleProject } from './module-project.js'
import { galleryModules } from './packages.js'

const base = await mkdtemp(join(tmpdir(), 'modprove-gallery-'))
const mirror = await SignedMirror.make()
t.teardown(async () => {
  await mirror[Symbol.asyncDispose]()
  await rm(base, { recursive: true, force: true })
})
process.env['MODPROVE_MIRROR_KEYRING'] = mirror.keyring
process.env['MODPROVE_MIRROR'] = mirror.address
process.env['MODPROVE_CACHE'] = join(base, 'cache')
const work = { signal: new AbortController().signal, progress: silent }
await mirror.publishDebs('sid', [
  await packaged(base, 'ring-dkms', {
    'usr/src/ring-1.0/ring.c': 'c',
    'usr/src/ring-1.0/Kbuild': 'k',
  }),
  await packaged(base, 'ring-utils', { 'usr/bin/ringctl': '#!/bin/sh\n' }),
])

const gallery = t.testdir({
  'packages.json': JSON.stringify({
    suite: 'sid',
    packages: { ring: 'ring-dkms=1.0-1', old: 'ring-dkms=0.9-1', tool: 'ring-utils=1.0-1' },
  }),
  'gallery.config': 'CONFIG_A=y\n',
  ring: { 'modprove.config.json': '{}', suites: { 'a.suite.sh': '#!/bin/sh\n' } },
})
const made = async (name: string, root: string): Promise<void> => {
  for (const module of await galleryModules(gallery, [name]))
    await makeModuleProject(module, gallery, root, work)
}

t.test('a project is the package’s source and what the gallery adds; its records stay', async t => {
  const root = join(base, 'ring')
  await mkdir(join(root, '.modprove'), { recursive: true })
  await writeFile(join(root, 'gone.c'), 'of an earlier version')
  await made('ring', root)
  const expected = ['.modprove', 'Kbuild', 'gallery.config', 'modprove.config.json', 'ring.c']
  t.strictSame((await readdir(root)).sort(), [...expected, 'suites'].sort())
  t.equal(await readFile(join(root, 'ring.c'), 'utf8'), 'c')
  const asked = mirror.asked.length
  await made('ring', root)
  t.equal(mirror.asked.length, asked, 'the second time it is in the cache')
})

t.test('a version that the archive no longer has is named with the one it has', async t => {
  await t.rejects(made('old', join(base, 'old')), {
    code: 'PACKAGE_GONE',
    message: "Debian's sid has no ring-dkms 0.9-1",
    remedy: 'It has ring-dkms 1.0-1: ask for that',
  })
})

t.test('a package without sources is none of dkms(8)', async t => {
  await t.rejects(made('tool', join(base, 'tool')), { code: 'NO_SOURCE' })
})

t.test('a wrong name or entry is reported', async t => {
  await t.rejects(galleryModules(gallery, ['rign']), {
    code: 'UNKNOWN_MODULE',
    remedy: /mean "ring"\?.*old, ring, tool/,
  })
  const wrong = t.testdir({ 'packages.json': '{ "suite": "sid", "packages": { "a": "a-dkms" } }' })
  await t.rejects(galleryModules(wrong, []), { code: 'CONFIGURATION', message: /packages\.a/ })
})
