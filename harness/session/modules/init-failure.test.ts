import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { SyscallError } from '../../guest/index.js'
import { SourceLines } from '../../verdict/index.js'
import { initAdvice } from './init-failure.js'

const [EPERM, EIO, ENODEV] = [1, 5, 19]
const folder = t.testdir({
  'ring.c': `
static int ring_start(void)
{
	return -19;
}
int init_module(void) __attribute__((alias("ring_start")));
`,
})
const debugKo = join(folder, 'ring.o')
const how = ['-g', `-ffile-prefix-map=${folder}=module`, '-c', join(folder, 'ring.c')]
execFileSync('gcc', [...how, '-o', debugKo])
const lines = new SourceLines([{ name: 'ring', sources: ['module/ring.c'], debugKo }])
const failed = (errno: number, call = 'finit_module') => new SyscallError(call, [], errno)

t.test('an init that fails is told by its name and line, and the usual meaning', async t => {
  const init = await lines.initOf('ring')
  t.match(init, { function: 'ring_start', location: { file: 'module/ring.c', line: 3 } })
  t.strictSame(initAdvice(failed(ENODEV), ['ring: no card'], init), [
    'Its init function, ring_start at module/ring.c:3, returns ENODEV. ENODEV usually means: the machine has no device of its kind, or no bus for it',
  ])
  const said = initAdvice(failed(EIO), [], init)
  t.strictSame(said, ['Its init function, ring_start at module/ring.c:3, returns EIO'])
})

t.test('what the loader refuses before init runs is not said of it', async t => {
  const init = await lines.initOf('ring')
  t.strictSame(initAdvice(failed(EPERM), [], init), [])
  t.strictSame(initAdvice(failed(ENODEV, 'openat'), [], init), [])
  t.strictSame(initAdvice(failed(EIO), ['ring: Unknown symbol x (err -2)'], init), [])
  t.equal(await lines.initOf('other'), undefined)
  t.strictSame(initAdvice(failed(ENODEV), [], undefined), [])
})
