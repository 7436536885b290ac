import t from 'tap'
import { requireKnownModules } from './known-parameters.js'

t.test('parameters are of modules that are built', t => {
  const modules = ['ring', 'user'].map(name => ({ name }))
  requireKnownModules({ ring: { size: 4 } }, modules)
  t.throws(() => requireKnownModules({ ring: {}, usr: {} }, modules), {
    code: 'CONFIGURATION',
    exitCode: 2,
    message: '"parameters" names usr, and no such module is built',
    remedy: 'Did you mean "user"? Its modules: ring, user',
  })
  t.end()
})
