import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { SignedMirror } from '../archive/signed-mirror.fixture.js'
import { requirePackages } from './packages.js'

const run = promisify(execFile)
const base = await mkdtemp(join(tmpdir(), 'modprove-packages-'))
const mirror = await SignedMirror.make()
t.teardown(async () => {
  await mirror[Symbol.asyncDispose]()
  await rm(base, { recursive: true, force: true })
})
process.env['MODPROVE_MIRROR_KEYRING'] = mirror.keyring
process.env['MODPROVE_MIRROR'] = mirror.address
process.env['MODPROVE_CACHE'] = join(base, 'cache')
const work = { signal: new AbortController().signal, progress: silent }

/** A package with these files; `-> target` is a link. */
async function packaged(name: string, files: Readonly<Record<string, string>>, depends?: string) {
  const folder = join(base, name)
  const control = `Package: ${name}\nVersion: 1.0-1\nArchitecture: all\nMaintainer: a\nDescription: a\n`
  for (const [path, text] of Object.entries({ ...files, 'DEBIAN/control': control })) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    if (text.startsWith('-> ')) await symlink(text.slice(3), file)
    else await writeFile(file, text)
    if (/bin\//.test(path)) await chmod(file, 0o755)
  }
  await run('dpkg-deb', ['--build', '--root-owner-group', folder, `${folder}.deb`])
  const deb = await readFile(`${folder}.deb`)
  return { name, version: '1.0-1', deb, ...(depends === undefined ? {} : { depends }) }
}

const debs = [
  await packaged(
    'ring-utils',
    {
      'usr/sbin/ringctl': '#!/bin/sh\n',
      'usr/lib/x/libring.so': '-> ../../share/ring/libring.so.1',
      'usr/share/ring/libring.so.1': 'library',
      'usr/share/doc/ring-utils/README': 'text',
    },
    'libring',
  ),
  await packaged('libring', { 'lib/x/libring.so.1': 'other' }),
  await packaged('needy', {}, 'no-such-thing'),
]
// The suite of this host, whichever it is.
const { stdout: codename } = await run('sh', ['-c', '. /etc/os-release; echo $VERSION_CODENAME'])
for (const suite of new Set([codename.trim(), 'sid'])) await mirror.publishDebs(suite, debs)

/** Members of a cpio archive. */
const members = async (file: string): Promise<string[]> => {
  const { stdout } = await run('sh', ['-c', `cpio -itv --quiet <${file}`])
  return stdout
    .trim()
    .split('\n')
    .map(line => line.replace(/^(\S+)(\s+\S+){7}\s+/, '$1 '))
}

void t.test('packages are unpacked with all that they need, into one layout', async t => {
  t.equal(await requirePackages([], work), undefined)
  const file = (await requirePackages(['ring-utils'], work)) ?? ''
  // apt refuses what is not as the signed index has it.
  mirror.change('libring_', Buffer.from('another'))
  const found = await members(file)
  for (const member of [
    '-rwxr-xr-x bin/ringctl',
    'lrwxrwxrwx lib/x/libring.so -> /usr/share/ring/libring.so.1',
    '-rw-r--r-- lib/x/libring.so.1',
    '-rw-r--r-- usr/share/ring/libring.so.1',
  ])
    t.ok(found.includes(member), member)
  t.notOk(
    found.some(member => member.includes('README')),
    'without documents',
  )
  await t.rejects(requirePackages(['libring'], work), {
    message: /libring could not be downloaded/,
  })
  mirror.change('libring_')
  await t.rejects(requirePackages(['libring'], work), {
    code: 'DOWNLOAD_FAILED',
    message: /has packages libring no more/,
    remedy: /rm -r .*\/archive\//,
  })
  mirror.change('/')
  t.equal(await requirePackages(['ring-utils'], work), file, 'and kept')
})

void t.test('a package that the archive does not have is named, and the nearest one', async t => {
  await t.rejects(requirePackages(['ring-utls', 'libring'], work), {
    code: 'UNKNOWN_PACKAGE',
    exitCode: 2,
    message: /of Debian's \w+, which has no ring-utls$/,
    remedy: /^Did you mean "ring-utils"\? /,
  })
  // apt-get would take these for a package to remove, and for a pattern.
  for (const name of ['ring-utils-', 'libr.ng'])
    await t.rejects(requirePackages([name], work), { message: new RegExp(`has no ${name}$`) }, name)
  await t.rejects(requirePackages(['needy'], work), {
    code: 'UNKNOWN_PACKAGE',
    message: /cannot be unpacked together: needy/,
    detail: /needy : Depends: no-such-thing/,
    remedy: /^Leave out of guest\.packages/,
  })
})
