import { join } from 'node:path'
import t from 'tap'
import { configName } from './config-place.js'

t.test('where to write a line is told by name, and what makes that file', t => {
  const folder = t.testdir({ 'package.json': '{}' })
  t.equal(configName({ configFile: join(folder, 'package.json') }), 'package.json')
  const none = configName({ configFile: join(folder, 'modprove.config.json') })
  t.equal(none, 'modprove.config.ts, which "modprove init" makes')
  t.end()
})
