import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import t from 'tap'
import { defined } from '../../platform/pick.js'
import { silent } from '../../platform/terminal/progress.js'
import { packaged } from '../archive/packaged.fixture.js'
import { SignedMirror, type PublishedDeb } from '../archive/signed-mirror.fixture.js'
import { loadFlavours, selectFlavour } from '../kernels/flavours.js'
import { builtKernels } from '../kernels/built-kernels.js'
import { requireKernel } from '../kernels/kernel.js'
import { distributionKernel } from './distribution-kernel.js'
import type { Distribution } from './distributions.js'

const cache = await mkdtemp(join(tmpdir(), 'modprove-distro-'))
const mirror = await SignedMirror.make()
t.teardown(() => mirror[Symbol.asyncDispose]())
process.env['MODPROVE_CACHE'] = cache
process.env['MODPROVE_MIRROR'] = mirror.address
process.env['MODPROVE_MIRROR_KEYRING'] = mirror.keyring
t.teardown(() => rm(cache, { recursive: true, force: true }))

const work = { signal: new AbortController().signal, progress: silent }
const distribution: Distribution = {
  name: 'toy',
  suites: ['toy-security', 'toy'],
  base: 'toy',
  images: { amd64: 'linux-image-toy' },
  notes: 'a toy',
}
const wanted = { distribution, image: 'linux-image-toy', name: 'toy' }

let made = 0
/** A package of its own folder: one name may have several versions. */
const deb = (
  name: string,
  version: string,
  files: Parameters<typeof packaged>[2] = {},
  depends?: string,
): Promise<PublishedDeb> => packaged(join(cache, `deb${made++}`), name, files, depends, version)

/** An object as depmod(8) reads a module: what it exports, and what it uses. */
function object(code: string): Buffer {
  const file = join(cache, 'object.o')
  execFileSync('gcc', ['-c', '-x', 'c', '-o', file, '-'], { input: code })
  return execFileSync('cat', [file])
}
const xz = (content: Buffer): Buffer => execFileSync('xz', ['-c'], { input: content })
const exporting = (symbol: string): string =>
  `const char s[] __attribute__((section("__ksymtab_strings"))) = "${symbol}"; int ${symbol}(void) { return 0; }`
const using = (symbol: string): string => `int ${symbol}(void); int f(void) { return ${symbol}(); }`

const modules = (release: string, builtin = 'kernel/drivers/virtio/virtio_pci.ko\n') => ({
  [`usr/lib/modules/${release}/modules.builtin`]: builtin,
  [`usr/lib/modules/${release}/modules.order`]: '',
  [`usr/lib/modules/${release}/kernel/net/failover.ko.xz`]: xz(object(exporting('failover_up'))),
  [`usr/lib/modules/${release}/kernel/net/virtio_net.ko.xz`]: xz(object(using('failover_up'))),
})
const LOADER = 'ld-linux-x86-64.so.2'
const host = async (path: string): Promise<Buffer> => readFile(path)

await mirror.publishDebs('toy', [
  await deb('linux-image-toy', '6.1.7-1', {}, 'linux-image-6.1.0-7-toy (= 6.1.7-1)'),
  await deb('linux-image-6.1.0-7-toy', '6.1.7-1', {}, 'kmod'),
  await deb('gcc-12', '12.2.0-1', { 'usr/bin/gcc-12': await host('/bin/true') }, 'libc6'),
  await deb('libelf1', '0.1-1'),
  await deb('libc6', '2.36-1', {
    [`usr/lib/x86_64-linux-gnu/${LOADER}`]: await host(`/lib64/${LOADER}`),
    'usr/lib/x86_64-linux-gnu/libc.so.6': await host('/lib/x86_64-linux-gnu/libc.so.6'),
    'usr/share/doc/libc6/copyright': 'long',
  }),
])
await mirror.publishDebs('toy-security', [
  await deb('linux-image-toy', '6.1.9-2', {}, 'linux-image-6.1.0-9-toy (= 6.1.9-2)'),
  await deb(
    'linux-image-6.1.0-9-toy',
    '6.1.9-2',
    { 'boot/vmlinuz-6.1.0-9-toy': 'image', 'boot/System.map-6.1.0-9-toy': 'map' },
    'kmod, linux-modules-6.1.0-9-toy (= 6.1.9-2), initramfs-tools | dracut',
  ),
  await deb('linux-modules-6.1.0-9-toy', '6.1.9-2', modules('6.1.0-9-toy')),
  await deb(
    'linux-headers-6.1.0-9-toy',
    '6.1.9-2',
    {
      'usr/src/linux-headers-6.1.0-9-toy/.config':
        'CONFIG_GCC_VERSION=120200\nCONFIG_CC_VERSION_TEXT="gcc-12 (Toy) 12.2.0"\n',
      'usr/src/linux-headers-6.1.0-9-toy/Module.symvers': '',
      'usr/src/linux-headers-6.1.0-9-toy/Makefile':
        'include /usr/src/linux-headers-6.1.0-9-common/Makefile\n',
    },
    'linux-headers-6.1.0-9-common (= 6.1.9-2), linux-kbuild-6.1 (>= 6.1.9-2), linux-compiler-gcc-12-x86',
  ),
  await deb('linux-headers-6.1.0-9-common', '6.1.9-2', {
    'usr/src/linux-headers-6.1.0-9-common/Makefile': 'all:\n',
  }),
  await deb('linux-kbuild-6.1', '6.1.8-1', {}, 'libelf1 (>= 0.1)'),
])

const flavour = selectFlavour(await loadFlavours(), 'distro')

void t.test('the newest of all suites, in a folder like that of a kernel built here', async t => {
  const source = await distributionKernel('distro:toy', wanted, work)
  t.match(source, { series: '6.1', release: '6.1.9', id: 'linux-image-6.1.0-9-toy 6.1.9-2' })
  t.equal(source.unavailable, undefined)
  const kernel = await requireKernel({ source, flavour, ...work })
  t.match(kernel, {
    release: '6.1.0-9-toy',
    compiler: 'gcc-12 (Toy) 12.2.0',
    toolchain: { cc: 'gcc-12' },
    atBoot: ['failover', 'virtio_net'],
  })
  t.equal(await readFile(kernel.image, 'utf8'), 'image')
  const [kept] = await builtKernels()
  t.equal(kept?.word, 'distro:toy=6.1.9-2', 'what is kept can be named again')
  const net = kernel.modules.find(({ name }) => name === 'virtio_net')
  t.strictSame(net?.depends, ['failover'])
  const makefile = await readFile(join(kernel.tree, 'Makefile'), 'utf8')
  const [, included = ''] = /^include (.*)$/m.exec(makefile) ?? []
  t.equal(await readFile(included, 'utf8'), 'all:\n', 'found where it lies')
  const { bin = '' } = kernel.toolchain
  execFileSync(join(bin, 'gcc-12'))
  const loader = execFileSync('patchelf', ['--print-interpreter', join(bin, 'gcc-12')], {
    encoding: 'utf8',
  })
  t.equal(loader.trim(), join(bin, `../lib/x86_64-linux-gnu/${LOADER}`), 'its own C library')
})

void t.test('a cache that was moved is filled anew: programs name their loader', async t => {
  const source = await distributionKernel('distro:toy', wanted, work)
  const { folder } = await requireKernel({ source, flavour, ...work })
  const moved = join(cache, 'moved')
  await mkdir(join(moved, 'kernels'), { recursive: true })
  await cp(folder, join(moved, 'kernels', basename(folder)), {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
  })
  process.env['MODPROVE_CACHE'] = moved
  t.teardown(() => (process.env['MODPROVE_CACHE'] = cache))
  const kernel = await requireKernel({ source, flavour, ...work })
  execFileSync(join(kernel.toolchain.bin ?? '', 'gcc-12'))
  const said = execFileSync('patchelf', [
    '--print-interpreter',
    join(kernel.toolchain.bin ?? '', 'gcc-12'),
  ])
  t.ok(said.toString().startsWith(moved), said.toString())
})

void t.test('a version can be named, as the package’s and as the kernel’s', async t => {
  const of = async (version: string) =>
    (await distributionKernel('distro:toy', { ...wanted, version }, work)).id
  t.equal(await of('6.1.9'), 'linux-image-6.1.0-9-toy 6.1.9-2')
  t.equal(await of('6.1.7-1'), 'linux-image-6.1.0-7-toy 6.1.7-1')
  await t.rejects(of('6.1.8'), {
    code: 'RELEASE_NOT_FOUND',
    message: 'toy-security, toy have no linux-image-toy 6.1.8 (distro:toy)',
    remedy: 'Choose one they have: distro:toy=6.1.9-2, distro:toy=6.1.7-1',
  })
})

void t.test('an image without headers is one that modules cannot be built for', async t => {
  const source = await distributionKernel('distro:toy', { ...wanted, version: '6.1.7' }, work)
  await t.rejects(requireKernel({ source, flavour, ...work }), {
    code: 'NO_HEADERS',
    message: /has linux-image-6\.1\.0-7-toy 6\.1\.7-1, but not linux-headers-6\.1\.0-7-toy/,
  })
})

void t.test('an archive of its own has its own address, and its keys from Debian’s', async t => {
  const keys = { suite: 'keys', package: 'own-keyring', file: '/usr/share/keyrings/own.gpg' }
  const address = `${mirror.address}/own/debian`
  const own = { name: 'own', address, keys }
  const below = { by: 'stranger', below: '/own' } as const
  await mirror.publishDebs(
    'own',
    [await deb('linux-image-own', '5.15.0.7', {}, 'linux-image-5.15.0-7-own')],
    below,
  )
  const publish = async (content: Buffer) =>
    mirror.publishDebs('keys', [await deb(keys.package, '1', { [keys.file.slice(1)]: content })])
  const of = async (own: Distribution['own']) => {
    const other = { ...distribution, suites: ['own'], base: 'own', ...defined({ own }) }
    const word = { distribution: other, image: 'linux-image-own', name: 'own' }
    return distributionKernel('distro:own', word, work)
  }
  await publish(await mirror.keysOf('archive'))
  await t.rejects(of(own), {
    code: 'SIGNATURE_BAD',
    remedy: /own-keyring of Debian's keys has them/,
  })
  await rm(join(cache, 'packages'), { recursive: true })
  await rm(join(cache, 'archive/keys'), { recursive: true })
  await publish(await mirror.keysOf('stranger'))
  await mirror.publishDebs(
    'own',
    [
      await deb('linux-image-own', '5.15.0.7', {}, 'linux-image-5.15.0-7-own'),
      await deb('linux-image-5.15.0-7-own', '5.15.0-7.9', {}),
      await deb('linux-headers-5.15.0-7-own', '5.15.0-7.9', {}),
    ],
    below,
  )
  const source = await of(own)
  t.match(source, { id: 'linux-image-5.15.0-7-own 5.15.0-7.9', release: '5.15.0' })
  t.equal(source.unavailable, undefined)
  await t.rejects(of(undefined), { code: 'SUITE_GONE' }, 'Debian has no such suite')
})

void t.test('a kernel without the drivers of a machine says so', async t => {
  const release = '6.2.0-1-toy'
  const files = { ...modules(release, ''), 'boot/vmlinuz-x': '', 'boot/System.map-x': '' }
  const headers = `usr/src/linux-headers-${release}`
  await mirror.publishDebs('toy-security', [
    await deb('linux-image-toy', '6.2.1-1', {}, `linux-image-${release}`),
    await deb(`linux-image-${release}`, '6.2.1-1', files),
    await deb(`linux-headers-${release}`, '6.2.1-1', {
      [`${headers}/.config`]: 'CONFIG_GCC_VERSION=120200\n',
      [`${headers}/Makefile`]: '',
      [`${headers}/Module.symvers`]: '',
    }),
  ])
  await rm(join(cache, 'archive'), { recursive: true })
  const source = await distributionKernel('distro:toy', wanted, work)
  const { cannotBoot } = await requireKernel({ source, flavour, ...work })
  t.match(cannotBoot, {
    code: 'DRIVERS_MISSING',
    message: `Kernel ${release} has no virtio_pci`,
    remedy: /--build-only$/,
  })
})
