import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import {
  EPOLL_CTL_ADD,
  EPOLLIN,
  FD_CLOEXEC,
  MADV_DONTNEED,
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  MAP_SHARED,
  MFD_CLOEXEC,
  O_CLOEXEC,
  O_RDONLY,
  O_RDWR,
  POLLIN,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  RLIMIT_NOFILE,
  SEEK_END,
  SIGKILL,
  SIGUSR1,
} from '../abi/index.js'
import { writeFile } from '../agent/whole-files.js'
import { CallTimeout, MemoryFault, SyscallError, TaskEnded } from '../errors.js'
import { buildAgent, startAgent } from '../local-agent.fixture.js'
import type { Thread } from './types.js'

const anonymous = {
  prot: PROT_READ | PROT_WRITE,
  flags: MAP_PRIVATE | MAP_ANONYMOUS,
}
const built = await buildAgent()
const running = await startAgent(built)
t.teardown(async () => {
  await running[Symbol.asyncDispose]()
  await built[Symbol.asyncDispose]()
})

/** Until a thread is blocked in that system call: what it is in stands in /proc. */
async function untilBlocked(thread: Thread, number: number): Promise<void> {
  await using watcher = await running.process()
  const path = `/proc/${thread.pid}/task/${thread.tid}/syscall`
  while (!(await watcher.readFile(path)).startsWith(`${number} `));
}

void t.test('a fresh process looks like an ordinary one', async t => {
  await using user = await running.process()
  t.equal(await user.getpid(), user.pid)
  const file = await user.open('/dev/zero', O_RDONLY)
  t.equal(file.fd, 3, 'the first descriptor is 3')
  t.equal(await user.readlink('/proc/self/fd/0'), '/dev/null')
  const low = (await readdir(`/proc/${user.pid}/fd`)).map(Number).filter(fd => fd < 1000)
  t.strictSame(low, [0, 1, 2, 3])
})

void t.test("a failing call has strace's format", async t => {
  await using user = await running.process()
  const file = await user.open('/dev/zero', O_RDWR)
  const error = await file.ioctl(0x80044500, 0x7f0000000000n).catch((error: unknown) => error)
  t.ok(error instanceof SyscallError)
  t.match(error, {
    code: 'ENOTTY',
    syscall: 'ioctl',
    message: 'ioctl(3, 0x80044500, 0x7f0000000000): ENOTTY (Inappropriate ioctl for device)',
  })
  await t.rejects(user.open('/nowhere', O_RDONLY), { code: 'ENOENT', message: /"\/nowhere"/ })
  await t.rejects(user.read(99, 1), { code: 'EBADF' })
})

void t.test('files: what was written is read back, with its size', async t => {
  await using user = await running.process()
  const file = await user.memfdCreate('a file', MFD_CLOEXEC)
  t.equal(await file.write('hello world'), 11)
  t.equal((await file.pread(5, 6)).toString(), 'world')
  t.equal((await file.pread(100_000, 0)).toString(), 'hello world', 'a buffer larger than the file')
  await user.ftruncate(file, 8192)
  t.equal(await file.lseek(0, SEEK_END), 8192)
  t.match(await file.fstat(), { size: 8192, mode: 0o100777 })
  t.equal((await user.fstatfs(file)).type, 0x01021994, 'tmpfs')
  t.equal(await user.getDescriptorFlags(file), FD_CLOEXEC)
  const copy = await file.dup()
  t.equal(await user.getDescriptorFlags(copy), 0)
  await file.close()
  await t.rejects(file.fstat(), { code: 'EBADF' })
  t.equal((await copy.fstat()).size, 8192)
})

void t.test('an ioctl fills the buffer that it was given', async t => {
  await using user = await running.process()
  const FIONREAD = 0x541b
  const [reading, writing] = await user.pipe2(O_CLOEXEC)
  await writing.write('seven b')
  const count = Buffer.alloc(4)
  await reading.ioctl(FIONREAD, count)
  t.equal(count.readInt32LE(0), 7)
})

/* arch/x86/entry/syscalls/syscall_32.tbl */
const I386 = { write: 4, getpid: 20, ioctl: 54 }

void t.test('a call by the 32-bit entry has the numbers and the pointers of i386', async t => {
  await using user = await running.process()
  const has32Bits = await user.syscall32(I386.getpid).catch((error: unknown) => error)
  if (has32Bits instanceof Error) {
    t.match(has32Bits.message, /takes no 32-bit system calls/)
    return
  }
  t.equal(has32Bits, user.pid)
  const FIONREAD = 0x541b
  const [reading, writing] = await user.pipe2(O_CLOEXEC)
  // A build with a sanitizer has its own memory too high for 32 bits.
  const flags = anonymous.flags | MAP_32BIT
  const low = await user.mmap(null, { length: 4096, ...anonymous, flags })
  await low.write('seven b')
  t.equal(await user.syscall32(I386.write, writing, low.address, 7), 7)
  await user.syscall32(I386.ioctl, reading, FIONREAD, low.address)
  t.equal((await low.read(0, 4)).readInt32LE(), 7)
  await t.rejects(user.syscall32(I386.ioctl, 99, FIONREAD, low.address), {
    code: 'EBADF',
    syscall: 'syscall32_54',
  })
  await t.rejects(user.syscall32(I386.ioctl, reading, FIONREAD, 1), { code: 'EFAULT' })
  const far = user.syscall32(I386.ioctl, reading, FIONREAD, 1n << 32n)
  await t.rejects(far, { name: 'RangeError', message: /expected arguments of 32 bits/ })
  await t.rejects(
    user.failNth(1, armed => armed.syscall32(I386.getpid)),
    { name: 'RangeError', message: /cannot be armed/ },
  )
  t.equal(await user.getpid(), user.pid, 'and the task goes on as before')
})

void t.test('mappings: bytes, strings, holes, protection, moves', async t => {
  await using user = await running.process()
  const mapping = await user.mmap(null, { length: 4 * 4096, ...anonymous })
  const long = 'x'.repeat(300)
  await mapping.write(`${long}\0`, 4096)
  t.equal(await mapping.cstring(4096), long, 'a string that takes more than one read')
  await t.rejects(mapping.madvise(1234), { code: 'EINVAL' })
  await mapping.madvise(MADV_DONTNEED)
  t.equal(await mapping.cstring(4096), '')

  await mapping.munmap({ offset: 4096, length: 4096 })
  const fault = await mapping.read(4096, 1).catch((error: unknown) => error)
  t.ok(fault instanceof MemoryFault)
  t.match(fault, { code: 'SIGSEGV', address: mapping.address + 4096n })
  await t.rejects(mapping.write('x', 4096), { code: 'SIGSEGV' })
  t.equal((await mapping.read(2 * 4096)).length, 2 * 4096, 'the rest is readable')

  await mapping.mprotect(PROT_NONE, { offset: 0, length: 4096 })
  await t.rejects(mapping.read(0, 1), { code: 'SIGSEGV' })
  await mapping.write('moved\0', 2 * 4096)
  const part = user.mapping(mapping.address + 2n * 4096n, 4096)
  const moved = await part.mremap({ length: 64 * 4096 })
  t.equal(await moved.cstring(), 'moved')
})

void t.test('a mapping beyond the end of its file raises SIGBUS', async t => {
  await using user = await running.process()
  const file = await user.memfdCreate('short')
  const mapping = await file.mmap({ length: 4096, prot: PROT_READ, flags: MAP_SHARED })
  await t.rejects(mapping.read(0, 1), { code: 'SIGBUS', address: mapping.address })
  t.equal(await user.getpid(), user.pid, 'the process lives on')
})

void t.test('large buffers go in pieces', async t => {
  await using user = await running.process()
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index & 0xff))
  const mapping = await user.mmap(null, { length: bytes.length, ...anonymous })
  await mapping.write(bytes)
  t.ok((await mapping.read()).equals(bytes))
  t.ok((await user.processVmReadv(user.pid, mapping.address, bytes.length)).equals(bytes))
})

void t.test('a forked child has copies of memory and descriptors', async t => {
  await using user = await running.process()
  const mapping = await user.mmap(null, { length: 4096, ...anonymous })
  await mapping.write('before\0')
  const file = await user.memfdCreate('inherited')
  await using child = await user.fork()
  await mapping.write('after\0')
  t.not(child.pid, user.pid)
  t.equal(await child.getpid(), child.pid)
  t.equal(await child.mapping(mapping).cstring(), 'before')
  t.equal(await child.write(file, 'x'), 1, 'the descriptor of its parent is its own too')
  t.equal((await file.fstat()).size, 1)
  const fresh = await child.open('/dev/null', O_RDONLY)
  await t.rejects(user.fstat(fresh), /belongs to process/, 'but not the other way round')
  await child.exit(7)
  t.match(await user.wait4(child.pid), { pid: child.pid, status: { code: 7, signal: null } })
})

void t.test(
  'a blocked call stops neither other threads nor other processes, and a signal ends it',
  async t => {
    await using user = await running.process()
    await using other = await running.process()
    const event = await user.eventfd()
    const thread = await user.thread()
    const SYS_read = 0
    const blocked = t.rejects(thread.read(event, 8), { code: 'EINTR' })
    await untilBlocked(thread, SYS_read)
    t.equal(await user.getpid(), user.pid)
    t.equal(await other.getpid(), other.pid)
    await other.tgkill(thread.pid, thread.tid, SIGUSR1)
    await blocked

    const woken = thread.read(event, 8)
    await untilBlocked(thread, SYS_read)
    await event.write(Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]))
    t.equal((await woken).readUInt32LE(0), 3)
    await thread.end()
    await t.rejects(thread.getpid(), TaskEnded)
    t.equal(await user.getpid(), user.pid, 'the end of a thread is not that of its process')
  },
)

void t.test('a child that a thread forked has nothing of the other threads', async t => {
  await using user = await running.process()
  const thread = await user.thread()
  await using child = await thread.fork()
  // Its first answer comes after it has left the others; the fork's own answer is its parent's.
  await child.getpid()
  const high = (await readdir(`/proc/${child.pid}/fd`)).map(Number).filter(fd => fd >= 1000)
  t.ok(high.length >= 1 && high.length <= 2, 'its own socket, and fail-nth where the kernel has it')
  await user.terminate()
  t.strictSame(await user.exited, { code: null, signal: 'SIGKILL' })
  t.equal(await child.getpid(), child.pid, 'it outlives its parent')
})

void t.test('a deadline names the call, and later calls work', async t => {
  await using user = await running.process()
  const event = await user.eventfd()
  const thread = await user.thread()
  const late = await thread
    .within(20)
    .read(event, 8)
    .catch((error: unknown) => error)
  t.ok(late instanceof CallTimeout)
  t.match(late, { code: 'CALL_TIMEOUT', message: /^read\(3, .*no answer within 20 ms$/ })
  await event.write(Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]))
  t.equal(await thread.getpid(), user.pid)
})

void t.test('time while the machine was stopped does not count against deadlines', async t => {
  let stopped = 0
  let looks = 0
  const stoppedMs = (): number => {
    looks += 1
    return stopped
  }
  await using own = await startAgent(built, { stoppedMs })
  const user = await own.process()
  const event = await user.eventfd()
  const thread = await user.thread()
  const read = thread.within(1).read(event, 8)
  stopped = 60_000
  const atDeadline = looks + 1
  while (looks < atDeadline) await new Promise(resolve => setImmediate(resolve))
  await event.write(Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]))
  t.equal((await read).length, 8)
})

void t.test('descriptors travel through sockets and pidfds', async t => {
  await using sender = await running.process()
  const file = await sender.memfdCreate('sent')
  await file.write('content')
  const [near, far] = await sender.socketpair()
  await using receiver = await sender.fork()
  const late = await sender.memfdCreate('made after the fork')
  await late.write('late')
  await sender.sendFds(near, [file, late], Buffer.from('data'))
  const received = await receiver.recvFds(far)
  t.equal(received.data.toString(), 'data')
  t.equal(received.fds.length, 2)
  t.equal((await received.fds[1]?.pread(10, 0))?.toString(), 'late')

  await using stranger = await running.process()
  const pidfd = await stranger.pidfdOpen(sender.pid)
  const taken = await stranger.pidfdGetfd(pidfd, late)
  t.equal((await taken.fstat()).ino, (await late.fstat()).ino)
})

void t.test('poll and epoll report what is ready', async t => {
  await using user = await running.process()
  const ready = await user.eventfd(1)
  const idle = await user.eventfd(0)
  const polled = [
    { fd: idle, events: POLLIN },
    { fd: ready, events: POLLIN },
  ]
  t.strictSame(await user.poll(polled), [0, POLLIN])
  const epoll = await user.epollCreate1()
  await user.epollCtl(epoll, EPOLL_CTL_ADD, idle, EPOLLIN, 1n)
  await user.epollCtl(epoll, EPOLL_CTL_ADD, ready, EPOLLIN, 0x123456789abcdefn)
  t.strictSame(await user.epollWait(epoll, 8, 0), [{ events: EPOLLIN, data: 0x123456789abcdefn }])
})

void t.test('a descriptor limit applies to the process, not to the agent', async t => {
  await using user = await running.process()
  const before = await user.getrlimit(RLIMIT_NOFILE)
  await user.setrlimit(RLIMIT_NOFILE, { soft: 4, hard: before.hard })
  await user.open('/dev/null', O_RDONLY)
  await t.rejects(user.open('/dev/null', O_RDONLY), { code: 'EMFILE' })
  await using child = await user.fork()
  await t.rejects(child.open('/dev/null', O_RDONLY), { code: 'EMFILE' })
  const thread = await user.thread()
  await thread.end()
  t.match(await user.getrlimit(RLIMIT_NOFILE), { soft: 4 })
})

void t.test('another program in place of the process', async t => {
  await using user = await running.process()
  const [reading, writing] = await user.pipe2(O_CLOEXEC)
  await using child = await user.fork()
  await child.dup2(writing, 1)
  await t.rejects(child.execve('/nowhere', ['x']), { code: 'ENOENT' })
  await child.execve('/bin/sh', ['sh', '-c', 'echo $0 $GREETING; exit 3'], ['GREETING=hello there'])
  t.equal((await reading.read(100)).toString(), 'sh hello there\n')
  t.match(await user.wait4(child.pid), { status: { code: 3 } })
  await t.rejects(child.getpid(), TaskEnded)
})

void t.test('whoever waits for a process gets the cause of its death', async t => {
  const user = await running.process()
  const event = await user.eventfd()
  const waiting = t.rejects(user.read(event, 8), {
    code: 'TASK_ENDED',
    message: /^read\(3, .*the process was killed by SIGKILL$/,
  })
  await using other = await running.process()
  await other.kill(user.pid, SIGKILL)
  await waiting
  t.strictSame(await user.exited, { code: null, signal: 'SIGKILL' })
  await t.rejects(user.getpid(), /killed by SIGKILL/)
  await user.terminate()
})

void t.test('a second terminate waits for the first', async t => {
  await using own = await startAgent(built)
  const user = await own.process()
  await Promise.all([user.terminate(), own.agent.killAllBut([]), user.terminate()])
  t.strictSame(await user.exited, { code: null, signal: 'SIGKILL' })
})

void t.test('a fault outside a guarded copy kills the process', async t => {
  const user = await running.process()
  await t.rejects(user.kill(user.pid, 11), { message: /killed by SIGSEGV/ })
})

void t.test(
  'a fault that the kernel only tells, and that does not recur, kills it, too',
  async t => {
    const user = await running.process()
    const info = await user.mmap(null, { length: 4096, ...anonymous })
    // struct siginfo: signal, errno, SI_KERNEL, as force_sig() of a driver sends it.
    await info.write(Buffer.from(new Int32Array([11, 0, 0x80]).buffer))
    const told = user.syscall('rt_sigqueueinfo', user.pid, 11, info.address)
    await t.rejects(told, { message: /killed by SIGSEGV/ })
  },
)

void t.test('many calls at once are answered in order', async t => {
  await using user = await running.process()
  const file = await user.memfdCreate('appended')
  const words = Array.from({ length: 500 }, (_, index) => `${index}\n`)
  await Promise.all(words.map(word => file.write(word)))
  t.equal((await file.pread(10_000, 0)).toString(), words.join(''))
})

void t.test("requests beyond the agent's buffer wait on this side", async t => {
  await using user = await running.process()
  const event = await user.eventfd()
  const target = await user.mmap(null, { length: 64 * 1024, ...anonymous })
  const thread = await user.thread()
  const blocked = thread.read(event, 8)
  const mebibytes = Array.from({ length: 48 }, () =>
    thread.writeMemory(target.address, Buffer.alloc(60_000)),
  )
  t.equal(await user.getpid(), user.pid, 'others are served meanwhile')
  await event.write(Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]))
  await blocked
  t.equal((await Promise.all(mebibytes)).length, 48)
})

void t.test('fail-nth on a kernel without it is an error', async t => {
  await using user = await running.process()
  const path = '/proc/thread-self/fail-nth'
  const has = await user.open(path, O_RDONLY).then(
    () => true,
    () => false,
  )
  if (has) t.pass('this kernel has it')
  else
    await t.rejects(
      user.failNth(1, armed => armed.getpid()),
      /no \/proc\/thread-self\/fail-nth/,
    )
  await t.rejects(
    user.failNth(1, () => Promise.resolve()),
    RangeError,
    'a call has to be made',
  )
})

void t.test('requests after a fence start when all earlier ones are done', async t => {
  await using own = await startAgent(built)
  const reader = await own.process()
  const victims = await Promise.all(Array.from({ length: 8 }, () => own.process()))
  const killed = own.agent.killAllBut([reader.pid])
  const fence = own.agent.fence(10_000)
  const reading = victims.map(({ pid }) => reader.readFile(`/proc/${pid}/stat`))
  for (const read of reading) await t.rejects(read, { code: 'ENOENT' }, 'killed and reaped')
  await killed
  t.equal(await fence, true)
})

void t.test('a fence that waits for a blocked call times out', async t => {
  await using own = await startAgent(built)
  const user = await own.process()
  const blocked = t.rejects(user.syscall('pause'), { code: 'CONNECTION_LOST' })
  const fence = own.agent.fence(50)
  const behind = own.agent.hello()
  t.equal(await fence, false)
  t.ok(await behind)
  own.agent.close()
  await blocked
})

void t.test('a file is written in one request, or not at all', async t => {
  const folder = t.testdir({ old: 'x'.repeat(9000) })
  const task = await running.agent.spawn()
  t.teardown(() => task.kill())
  const write = (name: string, content: Buffer) =>
    writeFile(task, join(folder, name), content, 0o750, 10_000)
  t.equal(await write('old', Buffer.from('new')), true)
  t.equal(await readFile(join(folder, 'old'), 'utf8'), 'new')
  t.equal((await stat(join(folder, 'old'))).mode & 0o777, 0o750)
  await t.rejects(write('no/such', Buffer.from('new')), { code: 'ENOENT' })
  t.equal(await write('big', Buffer.alloc(64 * 1024)), false, 'what does not fit is left to others')
  t.strictSame(await readdir(folder), ['old'])
})

void t.test('closing the connection kills everything that was started', async t => {
  const second = await startAgent(built)
  const user = await second.process()
  const child = await user.fork()
  const program = await user.fork()
  await program.execve('/bin/sh', ['sh', '-c', 'sleep 1000 & exec sleep 1000'])
  const blocked = t.rejects(user.syscall('pause'), { code: 'CONNECTION_LOST' })
  await second[Symbol.asyncDispose]()
  await blocked
  t.equal(await second.exited, 0)
  for (const pid of [user.pid, child.pid, program.pid]) {
    t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
  }
})

void t.test('a tree is listed whole, however much that is, without what is closed', async t => {
  const long = (at: number): string => `${'n'.repeat(200)}${at}`
  const many = Object.fromEntries(Array.from({ length: 700 }, (_, at) => [long(at), '']))
  const folder = t.testdir({ a: { b: { c: '' }, many }, closed: { hidden: '' }, z: '' })
  const expected = [
    ...['a', 'a/b', 'a/b/c', 'a/many', 'closed', 'z'],
    ...Object.keys(many).map(name => `a/many/${name}`),
  ]
  const found = await running.files.listTree(folder, [`${folder}/cl*`])
  t.strictSame(found.sort(), expected.map(path => `${folder}/${path}`).sort())
  t.strictSame(await running.files.listTree(`${folder}/none`, []), [])
})
