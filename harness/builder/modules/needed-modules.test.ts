import t from 'tap'
import type { KernelModule } from '../types.js'
import { neededModules } from './needed-modules.js'

const module = (name: string, depends: string[] = [], isRequested = false): KernelModule => ({
  name,
  file: `/kernel/${name}.ko`,
  depends,
  isRequested,
})
const ofKernel = [
  module('i2c_smbus', ['i2c_core']),
  module('i2c_stub', ['i2c_smbus'], true),
  module('mc'),
  module('other'),
  module('ring', ['mc'], true),
  module('round', ['trip']),
  module('trip', ['round']),
  module('videodev', ['mc'], true),
]
const needed = (...depends: string[]): string[] =>
  neededModules(
    { modules: [{ name: 'ring', depends, ko: '', debugKo: '', firmware: [] }] },
    ofKernel,
  ).map(({ name, isNeeded }) => `${name}${isNeeded ? '' : ', asked for'}`)

void t.test('guests have what the project’s modules need, in the order of loading', t => {
  const asked = ['i2c_smbus, asked for', 'i2c_stub, asked for']
  t.strictSame(needed('videodev'), ['mc', 'videodev', ...asked], 'first what it needs itself')
  t.strictSame(needed('i2c_smbus', 'own', 'videodev'), [
    ...['i2c_smbus', 'mc', 'videodev'],
    'i2c_stub, asked for',
  ])
  t.strictSame(needed(), [...asked, 'mc, asked for', 'videodev, asked for'])
  t.strictSame(needed('round').slice(0, 2), ['trip', 'round'], 'a circle has an end')
  t.end()
})
