import t from 'tap'
import type { LogRecord } from '../../contract/log-record.js'
import { SyscallError } from '../../guest/index.js'
import {
  loadFailure,
  notBuilt,
  refusedFirmware,
  refusedLoad,
  refusedSignature,
  wordsOf,
} from './load-failure.js'

const [EPERM, ENOENT, EACCES, EKEYREJECTED] = [1, 2, 13, 129]
const built = ['ring', 'user']
const records = (...texts: readonly string[]) =>
  texts.map((text, sequence): LogRecord => {
    return { sequence, timeUs: 0, level: 4, facility: 0, caller: 'T1', text }
  })
const words = ['ring: Unknown symbol x']
const none = { depends: [], loaded: [], advice: [] }
const load = { name: 'rin', asked: 'rin npages=4', built, words, ...none }

void t.test('what every load logs is none of its words, and a report is its title', t => {
  const splat = [
    '------------[ cut here ]------------',
    'WARNING: CPU: 0 PID: 46 at net/core.c:383 core_register+0xa1/0x4b9',
    'Modules linked in: ring(O+)',
    'CPU: 0 PID: 46 Comm: agent Tainted: G           O       6.1.192 #1 ',
    'RIP: 0010:core_register+0xa1/0x4b9',
    'Call Trace:',
    ' ring_init+0x1d/0x1000 [ring]',
    ' do_one_initcall+0x5f/0x1b0',
    '---[ end trace 0000000000000000 ]---',
  ]
  const taints = 'ring: loading out-of-tree module taints kernel.'
  t.strictSame(wordsOf(records(taints, 'ring: no', ...splat, 'ring: done')), [
    'ring: no',
    'WARNING in core_register',
    'ring: done',
  ])
  t.end()
})

void t.test('a load by hand that fails names the module, and says why', t => {
  const error = new SyscallError('finit_module', ['3', '""', '0'], ENOENT)
  const told = (words: readonly string[]) => refusedLoad(error, '/lib/ring.ko', words, [])
  t.match(told(words), { code: 'ENOENT', syscall: 'finit_module' })
  t.equal(
    told(words).message,
    'finit_module(3</lib/ring.ko>, "", 0): ENOENT (No such file or directory): ring: Unknown symbol x',
  )
  t.match(told([]).message, /the kernel logged nothing about it$/)
  t.end()
})

void t.test('of a module that was not built, those that were are listed', t => {
  t.match(notBuilt('rin', built), {
    code: 'MODULE_DOES_NOT_LOAD',
    exitCode: 1,
    message: 'No module rin was built',
    detail: 'built: ring, user',
    remedy: /^Did you mean "ring"\?/,
  })
  t.end()
})

void t.test('of a module that was built, what the kernel said of it is shown', t => {
  const init = new SyscallError('finit_module', ['3', '"): EIO (no)"'], ENOENT)
  t.match(loadFailure({ ...load, error: init }), {
    code: 'MODULE_DOES_NOT_LOAD',
    message: 'insmod rin npages=4 fails: ENOENT (No such file or directory)',
    detail: /^ring: Unknown symbol x$/,
    cause: init,
  })
  const open = new SyscallError('openat', ['"a"'], EACCES)
  t.match(loadFailure({ ...load, error: open, words: [] }), {
    message: 'insmod rin npages=4 fails: EACCES (Permission denied)',
    detail: 'the kernel logged nothing about it',
  })
  t.end()
})

void t.test('firmware and modules that were missing are named with what to write', t => {
  const error = new SyscallError('finit_module', ['3', '""'], ENOENT)
  const none = loadFailure({ ...load, depends: ['ring', 'videodev'], loaded: ['ring'], error })
  t.equal(none.remedy, undefined, 'what is loaded, or is none of the project’s')
  t.match(loadFailure({ ...load, name: 'user', depends: ['ring', 'videodev'], error }), {
    remedy: [
      'user uses what ring exports. Load them in this order, in the comment of a C or shell suite, or in TypeScript:',
      '  modprove: modules=ring,user',
      "  modules: [{ name: 'ring' }, { name: 'user' }]",
    ].join('\n'),
  })
  const text = 'ring ring0: Direct firmware load for ring/a.bin failed with error -2'
  t.strictSame(refusedFirmware([text, 'ring: no']), ['ring/a.bin'])
  t.match(loadFailure({ ...load, advice: ['put it there'], error }), { remedy: 'put it there' })
  t.end()
})

void t.test('a kernel that loads only signed modules is told, with the option', t => {
  const refused = (errno: number, ...words: string[]) =>
    refusedSignature(new SyscallError('finit_module', ['3', '""', '0'], errno), words)
  t.match(refused(EKEYREJECTED, 'Loading of unsigned module is rejected'), [
    /^This kernel loads only modules that are signed, .* CONFIG_MODULE_SIG_FORCE=n/,
  ])
  const locked = 'Lockdown: agent: unsigned module loading is restricted; see man kernel_lockdown.7'
  t.match(refused(EPERM, locked), [/CONFIG_SECURITY_LOCKDOWN_LSM=n/])
  t.strictSame(refused(EPERM, 'ring: not allowed'), [], 'a module that refuses by itself')
  t.end()
})
