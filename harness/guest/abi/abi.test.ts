import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { architecture } from './architecture.js'
import { describeErrno } from './errno.js'
import * as constants from './index.js'
import { STAT_BYTES, STATFS_BYTES } from './structures.js'
import { x86_64Syscalls } from './x86_64-syscalls.js'

const run = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'modprove-abi-'))
t.teardown(() => rm(folder, { recursive: true }))

const headers = [
  ...['errno.h', 'fcntl.h', 'poll.h', 'signal.h', 'stddef.h', 'stdio.h', 'string.h'],
  ...['sys/epoll.h', 'sys/eventfd.h', 'sys/mman.h', 'sys/resource.h', 'sys/socket.h', 'sys/stat.h'],
  ...[
    'sys/statfs.h',
    'sys/syscall.h',
    'sys/wait.h',
    'linux/ioctl.h',
    'linux/mman.h',
    'linux/module.h',
  ],
]

/** Values of these expressions by this host's C headers; an unknown macro is a compiler error. */
async function evaluate(expressions: readonly string[]): Promise<readonly number[]> {
  const source = join(folder, 'table.c')
  const program = join(folder, 'table')
  const lines = expressions.map(expression => `printf("%lld\\n", (long long)(${expression}));`)
  await writeFile(
    source,
    `#define _GNU_SOURCE\n${headers.map(name => `#include <${name}>\n`).join('')}
    int main(void) { ${lines.join('\n')} return 0; }`,
  )
  await run('gcc', ['-w', '-o', program, source])
  const { stdout } = await run(program)
  return stdout.trim().split('\n').map(Number)
}

const names = Object.entries(constants).flatMap(([name, value]) =>
  typeof value === 'number' ? [[name, value] as const] : [],
)

void t.test('constants are those of the C headers', async t => {
  const values = await evaluate(names.map(([name]) => name))
  t.ok(names.length > 150)
  t.strictSame(
    names,
    names.map(([name], index) => [name, values[index]]),
  )
})

void t.test('ioctl commands are encoded like the C macros', async t => {
  const expected = await evaluate([
    "_IO('b', 0)",
    "_IOR('E', 0, int)",
    "_IOW('b', 1, char *)",
    "_IOWR('b', 2, struct stat)",
  ])
  const { IO, IOR, IOW, IOWR } = constants
  t.strictSame([IO('b', 0), IOR('E', 0, 4), IOW('b', 1, 8), IOWR('b', 2, STAT_BYTES)], expected)
  t.throws(() => IOR('b', 0, 1 << 14), RangeError)
})

if (process.arch === 'x64') {
  void t.test('system calls and structures of x86-64', async t => {
    const calls = [...x86_64Syscalls]
    const values = await evaluate(calls.map(([name]) => `SYS_${name}`))
    t.strictSame(
      calls,
      calls.map(([name], index) => [name, values[index]]),
    )
    const sizes = ['sizeof(struct stat)', 'sizeof(struct statfs)', 'sizeof(struct epoll_event)']
    t.strictSame(await evaluate(sizes), [STAT_BYTES, STATFS_BYTES, architecture.epollEventBytes])
    const offsets = ['st_mode', 'st_rdev', 'st_size', 'st_blocks']
    t.strictSame(
      await evaluate(offsets.map(field => `offsetof(struct stat, ${field})`)),
      [24, 40, 48, 64],
    )
  })
}

void t.test('error numbers have the names and texts of the C library', async t => {
  const numbers = Array.from({ length: 133 }, (_, index) => index + 1)
  const named = numbers
    .map(number => [number, describeErrno(number).name] as const)
    .filter(([number, name]) => name !== `E${number}`)
  t.ok(named.length > 125)
  t.strictSame(
    await evaluate(named.map(([, name]) => name)),
    named.map(([number]) => number),
  )
  t.strictSame(
    await evaluate(
      named.map(
        ([number]) => `strcmp(strerror(${number}), ${JSON.stringify(describeErrno(number).text)})`,
      ),
    ),
    named.map(() => 0),
  )
  t.match(describeErrno(4000), { name: 'E4000' })
})
