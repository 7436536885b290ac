import t from 'tap'
import type { LogRecord } from '../../contract/log-record.js'
import { SyscallError } from '../../guest/index.js'
import { loadFailure } from './load-failure.js'

const [ENOENT, EACCES] = [2, 13]
const built = ['ring', 'user']
const logged = ['ring: loading out-of-tree module taints kernel.', 'ring: Unknown symbol x'].map(
  (text, sequence): LogRecord => {
    return { sequence, timeUs: 0, level: 4, facility: 0, caller: 'T1', text }
  },
)
const load = { name: 'rin', asked: 'rin npages=4', built, logged, depends: [], loaded: [] }

void t.test('of a module that was not built, those that were are listed', t => {
  const error = new SyscallError('openat', ['-100', '"/lib/modprove/else.ko"'], ENOENT)
  t.match(loadFailure({ ...load, error }), {
    code: 'MODULE_DOES_NOT_LOAD',
    exitCode: 1,
    message: 'No module rin was built',
    detail: 'built: ring, user',
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
  t.match(loadFailure({ ...load, error: open, logged: [] }), {
    message: 'insmod rin npages=4 fails: EACCES (Permission denied)',
    detail: 'the kernel logged nothing about it',
  })
  t.end()
})

void t.test('firmware and modules that were missing are told with what to write', t => {
  const error = new SyscallError('finit_module', ['3', '""'], ENOENT)
  const none = loadFailure({ ...load, depends: ['ring', 'videodev'], loaded: ['ring'], error })
  t.equal(none.remedy, undefined, 'what is loaded, or is none of the project’s')
  t.match(loadFailure({ ...load, name: 'user', depends: ['ring', 'videodev'], error }), {
    remedy:
      "user uses what ring exports. Load in this order: modules: [{ name: 'ring' }, { name: 'user' }]",
  })
  const text = 'ring ring0: Direct firmware load for ring/a.bin failed with error -2'
  const records = logged.map(record => ({ ...record, text }))
  t.match(loadFailure({ ...load, logged: records.slice(1), error }), {
    remedy: /: "guest": \{ "firmware": \["firmware\/ring\/a\.bin"\] \}$/,
  })
  t.end()
})
