import t from 'tap'
import { didYouMean } from './did-you-mean.js'

void t.test('the nearest known word is meant, where one is near', t => {
  const suites = ['ioctl', 'mmap', 'mmap-device', 'module', 'vmap']
  for (const [word, meant] of [
    ['ioct', 'ioctl'],
    ['iotcl', 'ioctl'],
    ['IOCTL', 'ioctl'],
    ['mmpa', 'mmap'],
    ['map', 'mmap'],
    ['mmap-devcie', 'mmap-device'],
  ] as const)
    t.equal(didYouMean(word, suites), `Did you mean "${meant}"? `, word)
  for (const word of ['nosuch', 'x', '']) t.equal(didYouMean(word, suites), '', word)
  t.equal(didYouMean('flavor', []), '')
  t.equal(didYouMean('DMABUF_SYSFS_STATS', ['DMABUF_SELFTESTS']), '', 'however long it is')
  t.end()
})
