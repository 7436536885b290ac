import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { packaged } from '../archive/packaged.fixture.js'
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

const debs = [
  await packaged(
    base,
    'ring-utils',
    {
      'usr/sbin/ringctl': '#!/bin/sh\n',
      'usr/lib/x/libring.so': '-> ../../share/ring/libring.so.1',
      'usr/share/ring/libring.so.1': 'library',
      'usr/share/doc/ring-utils/README': 'text',
    },
    'libring',
  ),
  await packaged(base, 'libring', { 'lib/x/libring.so.1': 'other' }),
  await packaged(base, 'needy', {}, 'no-such-thing'),
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
