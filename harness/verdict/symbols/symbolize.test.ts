import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { FindingReader, Symbolizer, withUnloaded, type Finding } from '../index.js'

const sources = ['module/ring.c', 'module/pool.c', 'module/pop.c']

/** Line 2 has a call that returns to line 3; two static functions share a name. */
const ring = `extern void log_item(int); static inline __attribute__((always_inline)) void note(int i) { log_item(i + 1); }
__attribute__((noinline)) int ring_push(int i) {
  note(i);
  return i * 2;
}
static __attribute__((noinline)) int same(int i) { return i / 3; }
int (*ring_same)(int) = same;
__attribute__((section(".exit.text"))) int ring_leave(int i) { return i * 5; }
int ring_late[8];
`
const pool = `static __attribute__((noinline)) int same(int i) {
  int sum = 0;
  for (int n = 0; n < i; n++) sum += n * i % 7;
  return sum;
}
int (*pool_same)(int) = same;
`

async function objectFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'symbolize-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const run = promisify(execFile)
  for (const [name, text] of Object.entries({ ring, pool })) {
    await writeFile(join(folder, `${name}.c`), text)
    const map = `-ffile-prefix-map=${folder}=module`
    await run('gcc', [
      '-g',
      '-O2',
      '-fno-pic',
      map,
      '-c',
      `${folder}/${name}.c`,
      '-o',
      `${folder}/${name}.o`,
    ])
  }
  const file = join(folder, 'ring_test.ko')
  await run('ld', ['-r', '-o', file, `${folder}/ring.o`, `${folder}/pool.o`])
  return file
}

const built = objectFile()

async function sizeOf(file: string, name: string): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('nm', ['-S', file])
  return stdout.split('\n').flatMap(line => {
    const [, size, , symbol] = line.split(' ')
    return symbol === name && size !== undefined ? [parseInt(size, 16)] : []
  })
}

function found(...frames: string[]): Finding[] {
  const reader = new FindingReader([{ name: 'ring_test', sources }])
  const lines = [
    'BUG: Bad page state in process x',
    'Call Trace:',
    ...frames.map(frame => ` ${frame}`),
  ]
  lines.forEach((text, sequence) =>
    reader.push({ sequence, timeUs: 0, level: 4, facility: 0, caller: 'T1', text }),
  )
  return reader.end()
}

const places = (finding: Finding | undefined): unknown[] =>
  (finding?.frames ?? []).map(frame => [
    frame.function,
    frame.inline,
    frame.location && `${frame.location.file}:${frame.location.line}`,
  ])

void t.test('a reason that a report gives itself is kept', async t => {
  const text = ['general protection fault: 0000 [#1] PREEMPT', 'RIP: 0010:0x4141414141414141']
  const reader = new FindingReader()
  for (const [sequence, line] of text.entries())
    reader.push({ sequence, timeUs: 0, level: 4, facility: 0, caller: 'T1', text: line })
  const [finding] = await new Symbolizer([]).symbolize(reader.end())
  t.match(finding?.locationReason, /jumped to 0x4141414141414141/)
})

void t.test('a return address is shown as its call, and inlined functions as frames', async t => {
  const debugKo = await built
  const [size = 0] = await sizeOf(debugKo, 'ring_push')
  const { stdout } = await promisify(execFile)('objdump', ['-d', debugKo])
  const body = stdout.slice(stdout.indexOf('<ring_push>:'))
  const start = parseInt(/([0-9a-f]+) <ring_push>:/.exec(stdout)?.[1] ?? '', 16)
  const after = /call.*\n\s*([0-9a-f]+):/.exec(body)?.[1] ?? ''
  const offset = parseInt(after, 16) - start
  const frame = `ring_push+0x${offset.toString(16)}/0x${size.toString(16)} [ring_test]`
  const symbolizer = new Symbolizer([{ name: 'ring_test', sources, debugKo }])
  const [finding] = await symbolizer.symbolize(found('free_page+0x1/0x2', frame))
  t.strictSame(places(finding), [
    ['free_page', false, undefined],
    ['note', true, 'module/ring.c:1'],
    ['ring_push', false, 'module/ring.c:3'],
  ])
  t.strictSame(finding?.location, { file: 'module/ring.c', line: 1 })
  t.equal(finding?.locationReason, undefined)
  const interrupted = found('run_it+0x1/0x2', 'asm_common_interrupt+0x1/0x2', frame)
  const [other] = await symbolizer.symbolize(interrupted)
  t.match(other, { function: 'run_it', location: undefined }, 'what was interrupted is not meant')
})

void t.test(
  "behind a header's function that was not inlined, and behind guesses, a line is found",
  async t => {
    const folder = t.testdir({
      include: {
        linux: {
          'list.h': 'static __attribute__((noinline)) int list_del(int *p) { return *p; }\n',
        },
      },
      'pop.c': '#include <linux/list.h>\nint ring_pop(int *p) {\n  return list_del(p) + 1;\n}\n',
    })
    const debugKo = join(folder, 'pop.ko')
    const flags = ['-g', '-O2', '-fno-pic', '-fno-ipa-icf', `-I${folder}/include`]
    const map = `-ffile-prefix-map=${join(folder, 'pop.c')}=module/pop.c`
    const files = ['-c', join(folder, 'pop.c'), '-o', debugKo]
    await promisify(execFile)('gcc', [...flags, map, ...files])
    const frame = async (name: string, offset: number): Promise<string> =>
      `${name}+0x${offset}/0x${((await sizeOf(debugKo, name))[0] ?? 0).toString(16)} [ring_test]`
    const [take, pop] = [await frame('list_del', 1), await frame('ring_pop', 5)]
    const located = async (...frames: string[]): Promise<Finding | undefined> => {
      const symbolizer = new Symbolizer([{ name: 'ring_test', sources, debugKo }])
      const [finding] = await symbolizer.symbolize(found(...frames))
      return finding
    }
    const location = { file: 'module/pop.c', line: 3 }
    t.match(await located(take, pop), { location, function: 'ring_pop' })
    t.match(await located('? __schedule+0x1/0x2', `? ${pop}`), { location, function: 'ring_pop' })
    const other = await located('kfree+0x1/0x2', 'vfs_write+0x1/0x2', `? ${pop}`)
    t.equal(other?.location, undefined, 'beside frames that are certain a guess says nothing')
  },
)

void t.test('the second name of an init function is not told', async t => {
  const folder = t.testdir({
    'pop.c':
      'static int start(void) {\n  return 3;\n}\nint init_module(void) __attribute__((alias("start")));\n',
  })
  const debugKo = join(folder, 'pop.ko')
  const map = `-ffile-prefix-map=${join(folder, 'pop.c')}=module/pop.c`
  const file = join(folder, 'pop.c')
  await promisify(execFile)('gcc', ['-g', '-O2', '-fno-pic', map, '-c', file, '-o', debugKo])
  const [size = 0] = await sizeOf(debugKo, 'init_module')
  const symbolizer = new Symbolizer([{ name: 'ring_test', sources, debugKo }])
  const frame = `init_module+0x1/0x${size.toString(16)} [ring_test]`
  const leak = { ...found(frame)[0], title: 'memory leak in init_module' } as Finding
  const [finding] = await symbolizer.symbolize([leak])
  t.match(finding, { title: 'memory leak in start', function: 'start' })
  t.match(finding?.frames, [{ function: 'start' }])
})

void t.test('static functions of one name are distinguished by their size', async t => {
  const debugKo = await built
  const [first = 0, second = 0] = await sizeOf(debugKo, 'same')
  t.not(first, second)
  const symbolizer = new Symbolizer([{ name: 'ring_test', sources, debugKo }])
  const files = []
  for (const size of [first, second]) {
    const [finding] = await symbolizer.symbolize(
      found(`same+0x1/0x${size.toString(16)} [ring_test]`),
    )
    files.push(finding?.location?.file)
  }
  t.strictSame(files.sort(), ['module/pool.c', 'module/ring.c'])
})

void t.test("a section's last function may reach to the end of its page", async t => {
  const debugKo = await built
  const [size = 0] = await sizeOf(debugKo, 'ring_leave')
  const symbolizer = new Symbolizer([{ name: 'ring_test', sources, debugKo }])
  const located = async (offset: number): Promise<Finding | undefined> => {
    const frame = `ring_leave+0x${offset.toString(16)}/0x1000 [ring_test]`
    return (await symbolizer.symbolize(found(frame)))[0]
  }
  const location = { file: 'module/ring.c', line: 8 }
  t.match(await located(1), { location })
  t.match(await located(size), { location }, 'it may end with a call')
  t.match(await located(size + 1), {
    location: undefined,
    locationReason: `ring_leave has 4096 bytes in the trace, and ${size} in its object`,
  })
})

void t.test('the function of an unloaded module that a report is about has its line', async t => {
  const debugKo = await built
  const symbolizer = new Symbolizer([{ name: 'ring_test', sources, debugKo }])
  const { stdout } = await promisify(execFile)('nm', [debugKo])
  const address = parseInt(/^([0-9a-f]+) [tT] ring_push$/m.exec(stdout)?.[1] ?? '', 16)
  const place = { section: '.text', address }
  const unloaded = { digits: '0xffffffffa0001000', module: 'ring_test', place }
  const [bare] = found('kfree+0x1/0x2').map(finding => ({ ...finding, unloaded }))
  const [finding] = await symbolizer.symbolize(bare === undefined ? [] : [bare])
  t.match(finding, { unloaded: { function: 'ring_push' }, location: { file: 'module/ring.c' } })
  const inData = { ...unloaded, place: { section: '.data', address } }
  const [other] = await symbolizer.symbolize(
    bare === undefined ? [] : [{ ...bare, unloaded: inData }],
  )
  t.match(other, { unloaded: inData, location: undefined })
})

void t.test('so has a variable of it, which the report may have inside', async t => {
  const debugKo = await built
  const symbolizer = new Symbolizer([{ name: 'ring_test', sources, debugKo }])
  const { stdout } = await promisify(execFile)('nm', [debugKo])
  const start = parseInt(/^([0-9a-f]+) B ring_late$/m.exec(stdout)?.[1] ?? '', 16)
  const place = { section: '.bss', address: start + 8 }
  const unloaded = { digits: '0xffffffffa0002388', module: 'ring_test', place }
  const [bare] = found('kfree+0x1/0x2').map(finding => ({ ...finding, unloaded }))
  const [finding] = await symbolizer.symbolize(bare === undefined ? [] : [bare])
  t.match(finding, {
    unloaded: { function: 'ring_late' },
    location: { file: 'module/ring.c', line: 9 },
  })
})

void t.test('what cannot be looked up says why, and is no error', async t => {
  const debugKo = await built
  const stripped = `${debugKo}.stripped`
  await promisify(execFile)('strip', ['--strip-debug', '-o', stripped, debugKo])
  await writeFile(`${debugKo}.text`, 'not an object')
  const [size = 0] = await sizeOf(debugKo, 'ring_push')
  const [first = 0, second = 0] = await sizeOf(debugKo, 'same')
  const good = `ring_push+0x1/0x${size.toString(16)} [ring_test]`
  const reason = async (file: string | undefined, frame: string): Promise<string | undefined> => {
    const module = { name: 'ring_test', sources }
    const symbolizer = new Symbolizer([file === undefined ? module : { ...module, debugKo: file }])
    const [finding] = await symbolizer.symbolize(found(frame))
    t.equal(finding?.location, undefined)
    return finding?.locationReason
  }
  t.match(await reason(undefined, good), 'no object of ring_test with debug information')
  t.match(await reason(`${debugKo}.gone`, good), 'is gone')
  t.match(await reason(`${debugKo}.text`, good), /^nm failed: /)
  t.match(await reason(stripped, good), 'no debug information for this address')
  t.match(await reason(debugKo, 'ring_pop+0x1/0x2 [ring_test]'), 'no function ring_pop')
  const padded = await reason(debugKo, 'ring_push+0x1/0x900 [ring_test]')
  t.equal(padded, `ring_push has 2304 bytes in the trace, and ${size} in its object`)
  const twice = await reason(debugKo, 'same+0x1/0x900 [ring_test]')
  t.equal(twice, `same has 2304 bytes in the trace, and ${first} or ${second} in its object`)

  const path = process.env['PATH']
  t.teardown(() => (process.env['PATH'] = path))
  const folder = await mkdtemp(join(tmpdir(), 'no-tools-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'nm'), '#!/bin/sh\nexit 127\n', { mode: 0o755 })
  process.env['PATH'] = `${folder}:${path ?? ''}`
  t.match(await reason(debugKo, good), 'nm is not installed: apt-get install binutils')
})

void t.test('an aborted lookup leaves findings as they are', async t => {
  const debugKo = await built
  const [size = 0] = await sizeOf(debugKo, 'ring_push')
  const findings = found(`ring_push+0x1/0x${size.toString(16)} [ring_test]`)
  const modules = [{ name: 'ring_test', sources, debugKo }]
  const [aborted] = await new Symbolizer(modules, AbortSignal.abort()).symbolize(findings)
  t.strictSame(aborted?.frames, findings[0]?.frames)
})

void t.test('addresses in recorded stacks are named, as init functions are gone', async t => {
  const debugKo = await built
  const symbolizer = new Symbolizer([{ name: 'ring_test', sources, debugKo }])
  const base = 0xffffffffa0006000n
  const section = { module: 'ring_test', section: '.exit.text', address: base, size: 0x40 }
  const lines = [
    'BUG: KASAN: use-after-free in kfree+0x1/0x2',
    'Allocated by task 54:',
    ' __kmalloc+0xb1/0xdd',
    ' 0xffffffffa0006003',
    ' 0xffffffffa0007003',
    ' do_one_initcall+0xfa/0x256',
    '1 lock held by agent/54:',
    ' #0: ffffffffa0002448 (lock#5){+.+.}-{3:3}, at: 0xffffffffa0006003',
  ]
  const stacks = async (...sections: (typeof section)[]) => {
    const reader = new FindingReader([{ name: 'ring_test', sources }])
    lines.forEach((text, sequence) =>
      reader.push({ sequence, timeUs: 0, level: 4, facility: 0, caller: 'T1', text }),
    )
    const read = reader.end().map(finding => withUnloaded(finding, sections))
    const [finding] = await symbolizer.symbolize(read)
    return finding?.related.map(({ frames }) => frames.map(each => each.function))
  }
  const allocation = ['__kmalloc', 'do_one_initcall']
  t.strictSame(await stacks(section), [allocation.toSpliced(1, 0, 'ring_leave'), ['ring_leave']])
  t.strictSame(await stacks(), [allocation], 'where no module was')
  const other = { ...section, section: '.text' }
  t.strictSame(await stacks(section, other), [allocation], 'it may be one of two functions')
})

void t.test('who turned interrupts off is the line of a call that returns so', async t => {
  const debugKo = await built
  const [size = 0] = await sizeOf(debugKo, 'ring_push')
  const at = `[<ffffffffa0000123>] ring_push+0x1/0x${size.toString(16)} [ring_test]`
  const located = async (says: string): Promise<Finding['location']> => {
    const reader = new FindingReader([{ name: 'ring_test', sources }])
    const lines = [
      'WARNING: CPU: 0 PID: 7 at kernel/entry/common.c:127 syscall_exit_to_user_mode+0x52/0x60',
      says,
      'Modules linked in: ring_test(O)',
      'RIP: 0010:syscall_exit_to_user_mode+0x52/0x60',
      `hardirqs last disabled at (1205): ${at}`,
      '---[ end trace 0000000000000000 ]---',
    ]
    lines.forEach((text, sequence) =>
      reader.push({ sequence, timeUs: 0, level: 4, facility: 0, caller: 'T1', text }),
    )
    const symbolizer = new Symbolizer([{ name: 'ring_test', sources, debugKo }])
    const [finding] = await symbolizer.symbolize(reader.end())
    return finding?.location
  }
  t.match(await located('syscall 16 left IRQs disabled'), { file: 'module/ring.c' })
  const ofInit = 'initcall ring_init+0x0/0x100 [ring_test] returned with disabled interrupts '
  t.match(await located(ofInit), { file: 'module/ring.c' })
  t.equal(await located('another complaint'), undefined, 'elsewhere it is any one')
})
