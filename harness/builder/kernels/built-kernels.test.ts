import t from 'tap'
import { builtKernels, kernelName } from './built-kernels.js'

void t.test('a kernel in the cache has its flavour, whatever its source is called', async t => {
  const sources = ['7.3.4-1~bpo13+1', 'v6.12-rc1-debug', 'linux-plain']
  const value = JSON.stringify({ release: '6.1.1' })
  const names = sources.map(source => kernelName(source, 'race', '0123456789abcdef'))
  const kernels = Object.fromEntries(names.map(name => [name, { 'value.json': value }]))
  process.env['MODPROVE_CACHE'] = t.testdir({ kernels: { ...kernels, 'cut-off': {} } })
  const built = await builtKernels()
  t.strictSame(new Set(built.map(({ name }) => name)), new Set(names))
  for (const { flavour, release } of built) t.strictSame([flavour, release], ['race', '6.1.1'])
})
