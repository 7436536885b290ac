import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { freeMemory } from './free-memory.js'

const MIB = 1024 ** 2
const HOST = 8192 * MIB

interface Group {
  readonly [file: string]: string | number
}

/**
 * A host with a process in the group `own`; `groups` maps the hierarchy's folders to their files.
 */
async function host(
  folder: string,
  version: 1 | 2,
  own: string,
  groups: Readonly<Record<string, Group>>,
  root = '/',
) {
  const mount = join(folder, 'mount')
  const self = join(folder, 'self')
  await mkdir(self, { recursive: true })
  for (const [name, files] of Object.entries(groups)) {
    await mkdir(join(mount, name), { recursive: true })
    for (const [file, value] of Object.entries(files))
      await writeFile(join(mount, name, file), `${value}\n`)
  }
  const [type, controller] = version === 1 ? ['cgroup', 'memory'] : ['cgroup2', '']
  await writeFile(join(self, 'cgroup'), `9:name=systemd:/x\n${version}:${controller}:${own}\n`)
  await writeFile(
    join(self, 'mountinfo'),
    `31 23 0:28 / /elsewhere rw - tmpfs tmpfs rw\n35 31 0:32 ${root} ${mount} rw - ${type} ${type} rw,memory\n`,
  )
  return { mount, sources: { self, host: () => HOST } }
}

t.test('without a limit it is what the host has', async t => {
  const { sources } = await host(t.testdir(), 2, '/', { '.': {} })
  t.strictSame(await freeMemory(sources), { bytes: HOST })
  const absent = { self: join(t.testdir(), 'absent'), host: () => HOST }
  t.strictSame(await freeMemory(absent), { bytes: HOST })
  // The largest value that the kernel prints.
  const none = { 'memory.limit_in_bytes': '9223372036854771712', 'memory.usage_in_bytes': 5 }
  const { sources: split } = await host(t.testdir(), 1, '/a', { a: none })
  t.strictSame(await freeMemory(split), { bytes: HOST })
})

t.test('the smallest room of all groups up the hierarchy counts', async t => {
  const group = (max: string | number, current: number) => ({
    'memory.max': max,
    'memory.current': current,
    'memory.stat': 'anon 1\ninactive_file 0\nactive_file 0',
  })
  const { mount, sources } = await host(t.testdir(), 2, '/job/step', {
    'job/step': group('max', 50 * MIB),
    job: group(1024 * MIB, 300 * MIB),
  })
  t.strictSame(await freeMemory(sources), {
    bytes: 724 * MIB,
    limit: { bytes: 1024 * MIB, group: join(mount, 'job') },
  })
})

t.test('page cache is given back; a high mark is a limit', async t => {
  const { sources } = await host(t.testdir(), 2, '/job', {
    job: {
      'memory.max': 2048 * MIB,
      'memory.high': 1024 * MIB,
      'memory.current': 1000 * MIB,
      'memory.stat': `inactive_file ${300 * MIB}\nactive_file ${100 * MIB}\nshmem ${99 * MIB}`,
    },
  })
  t.match(await freeMemory(sources), { bytes: 424 * MIB, limit: { bytes: 1024 * MIB } })
})

t.test('the split hierarchy, seen from inside a container', async t => {
  const { mount, sources } = await host(
    t.testdir(),
    1,
    '/docker/abc/sub',
    {
      '.': {
        'memory.limit_in_bytes': 512 * MIB,
        'memory.usage_in_bytes': 600 * MIB,
        'memory.stat': `inactive_file 7\ntotal_inactive_file ${40 * MIB}\ntotal_active_file 0`,
      },
      sub: {},
    },
    '/docker/abc',
  )
  t.strictSame(await freeMemory(sources), {
    bytes: 0,
    limit: { bytes: 512 * MIB, group: mount },
  })
})

t.test('a group above the mount point cannot be seen, the mount itself can', async t => {
  const { sources } = await host(t.testdir(), 2, '/../..', {
    '.': { 'memory.max': 512 * MIB, 'memory.current': 12 * MIB },
  })
  t.match(await freeMemory(sources), { bytes: 500 * MIB })
})
