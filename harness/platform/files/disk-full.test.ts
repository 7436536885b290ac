import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { cacheFolder } from './cache-folder.js'
import { diskFull } from './disk-full.js'
import { EXIT, failureError, ModproveError } from '../errors.js'

const enospc = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  code: 'ENOSPC',
})

t.test('a full disk is named by its folder', async t => {
  const known = diskFull(Object.assign(enospc, { path: '/cache/x/y' }), 'Making it', ['/'])
  t.match(known, { code: 'DISK_FULL', exitCode: EXIT.harness })
  t.equal(known?.message, 'Making it failed: no space is left in /cache/x')
})

t.test('a variable is a remedy only for the folder that it names', async t => {
  const remedy = (path: string) =>
    diskFull(Object.assign(enospc, { path: join(path, 'x/y') }), 'It', [])?.remedy
  t.equal(remedy('/home/me/project/.modprove'), 'Free some space there')
  t.match(remedy(cacheFolder()), /on another disk in MODPROVE_CACHE$/)
  t.match(remedy(tmpdir()), /on another disk in TMPDIR$/)
})

t.test('also where a tool said it, or a cause does', async t => {
  const gcc = failureError('MODULE_DOES_NOT_COMPILE', 'The module does not compile', {
    detail: 'fatal error: error writing to /tmp/x.s: No space left on device',
  })
  t.match(diskFull(gcc, 'Making it', ['/cache']), { exitCode: EXIT.harness, message: /\/cache$/ })
  t.match(diskFull(new Error('outer', { cause: enospc }), 'It', ['/']), { code: 'DISK_FULL' })
})

t.test('what has nothing to do with it stays what it is', async t => {
  t.equal(diskFull(new Error('something else'), 'It', ['/']), undefined)
  t.equal(diskFull(failureError('X', 'a test failed'), 'It', ['/'], true), undefined)
  const interrupted = new ModproveError('INTERRUPTED', 'interrupted', 'ENOSPC')
  t.equal(diskFull(interrupted, 'It', ['/']), undefined)
})
