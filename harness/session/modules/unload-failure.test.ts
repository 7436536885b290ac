import t from 'tap'
import { SyscallError } from '../../guest/index.js'
import { unloadFailure } from './unload-failure.js'

const [EAGAIN, EBUSY] = [11, 16]

/** What is reported of a failed unload, by the module's line in /proc/modules. */
const told = (errno: number, line: string): string =>
  unloadFailure(new SyscallError('delete_module', ['"ring"', '2048'], errno), line.split(' '))
    .message

void t.test('who holds a module that does not unload is named', async t => {
  const busy = 'delete_module("ring", 2048): EBUSY (Device or resource busy)'
  const again = 'delete_module("ring", 2048): EAGAIN (Resource temporarily unavailable)'
  const at = '0xffffffffa0000000 (O)'
  const held = 'held by no module: open files, mounts, or try_module_get() without module_put()'
  for (const [errno, line, expected] of [
    [
      EBUSY,
      `ring 16384 0 [permanent], Live ${at}`,
      `${busy}: it has no exit function: module_exit() is missing`,
    ],
    [EBUSY, `ring 16384 1 - Loading ${at}`, `${busy}: its init function still runs`],
    [EBUSY, `ring 16384 0 - Unloading ${at}`, `${busy}: its exit function still runs`],
    [EAGAIN, `ring 16384 1 user, Live ${at}`, `${again}: its count is 1: used by user`],
    [EAGAIN, `ring 16384 2 - Live ${at}`, `${again}: its count is 2: 2 ${held}`],
    [EAGAIN, `ring 16384 3 a,b, Live ${at}`, `${again}: its count is 3: used by a, b; 1 ${held}`],
    [EAGAIN, `ring 16384 0 - Live ${at}`, again],
    [EBUSY, '', busy],
  ] as const)
    t.equal(told(errno, line), expected, line)
})
