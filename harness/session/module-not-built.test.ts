import t from 'tap'
import { failureError } from '../platform/errors.js'
import { SyscallError } from '../guest/index.js'
import { moduleNotBuilt } from './module-not-built.js'

const ENOENT = 2
const built = [{ name: 'ring' }, { name: 'user' }]
const loading = (cause: Error) => failureError('MODULE_DOES_NOT_LOAD', 'insmod fails', { cause })

void t.test('of a module that was not built, those that were are listed', t => {
  const args = ['"/lib/modprove/rin.ko"', 'O_RDONLY']
  const error = loading(new SyscallError('open', args, ENOENT))
  t.match(moduleNotBuilt(error, built), {
    code: 'MODULE_DOES_NOT_LOAD',
    exitCode: 1,
    message: 'No module rin was built',
    detail: 'built: ring, user',
  })
  t.end()
})

void t.test('a module that lacks a symbol, or is not let in, was built', t => {
  const init = new SyscallError('finit_module', ['3', '""', '0'], ENOENT)
  t.equal(moduleNotBuilt(loading(init), built), undefined)
  t.equal(moduleNotBuilt(loading(new SyscallError('open', ['"a"'], 13)), built), undefined)
  t.equal(moduleNotBuilt(loading(new Error('else')), built), undefined)
  t.end()
})
