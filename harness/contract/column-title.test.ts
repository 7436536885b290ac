import t from 'tap'
import { columnTitle, kernelTitle } from './column-title.js'

void t.test('a column is named as people name its kernel, with its release', t => {
  const of = (kernel: string, release: string, flavour: string): string =>
    columnTitle({ kernel, release, flavour })
  t.equal(of('6.1', '6.1.192', 'plain'), '6.1.192 plain')
  t.equal(of('distro:bookworm', '6.1.192', 'distro'), 'bookworm 6.1.192')
  t.equal(of('distro:trixie/cloud', '6.12.118', 'distro'), 'trixie/cloud 6.12.118')
  t.equal(of('built:/src/linux', '6.1.192', 'distro'), 'built:/src/linux 6.1.192')
  t.equal(of('path:/src/linux', '7.3.0-rc7', 'debug'), 'path:/src/linux 7.3.0-rc7 debug')
  t.equal(of('kernel.org:6.12.94', '6.12.94', 'plain'), 'kernel.org 6.12.94 plain')
  t.equal(columnTitle({ kernel: 'distro:sid', flavour: 'distro' }), 'sid', 'of all its runs')
  t.equal(columnTitle({ kernel: '6.1', flavour: 'plain' }), '6.1 plain')
  t.end()
})

void t.test('kernels of one release have titles of their own', t => {
  const words = [
    ...['6.1', 'kernel.org:6.1.192', 'path:/a/linux', 'path:/b/linux', 'built:/a/linux'],
    ...['distro:bookworm', 'distro:bookworm/rt', 'distro:bookworm=6.1.192-2'],
  ]
  const titles = words.map(kernel => kernelTitle({ kernel, release: '6.1.192' }))
  t.equal(new Set(titles).size, words.length, titles.join())
  t.equal(titles.at(-1), 'bookworm 6.1.192-2')
  t.end()
})
