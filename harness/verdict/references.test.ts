import t from 'tap'
import { referencesLeft } from './references.js'

void t.test('references that a test leaves or takes are told with their module', async t => {
  t.strictSame(referencesLeft({ ring: 1, user: 0 }, { ring: 1, user: 0 }), [])
  t.match(referencesLeft({ ring: 0 }, { ring: 1 }), [/^1 reference to module ring: a file that/])
  t.match(referencesLeft({ ring: 0 }, { ring: 2 }), [/^2 references to module ring: /])
  t.match(referencesLeft({ ring: 1 }, { ring: 0 }), [
    /^1 reference less to module ring: module_put/,
  ])
})

void t.test(
  'a module that is loaded or unloaded by the test has none before, or none after',
  async t => {
    t.strictSame(referencesLeft({ gone: 1 }, { loaded: 1 }), [])
  },
)
