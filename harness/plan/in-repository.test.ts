import { join } from 'node:path'
import t from 'tap'
import { projectOf } from '../project/project.js'
import { inRepository } from './in-repository.js'

t.test('lines of suites and modules are found from the repository’s root', async t => {
  const top = t.testdir({ '.git': {}, drivers: { hello: { tests: {} } } })
  const placed = (project: string, folder: string) =>
    inRepository(projectOf(join(top, project, 'modprove.config.json'), { module: { folder } }))
  t.strictSame(await placed('.', 'module'), { suites: '', module: '' })
  const both = { suites: 'drivers/hello', module: 'drivers/hello' }
  t.strictSame(await placed('drivers/hello', '.'), both)
  const above = { suites: 'drivers/hello/tests', module: 'drivers/hello' }
  t.strictSame(await placed('drivers/hello/tests', '..'), above)
  const none = projectOf('/none/modprove.config.json', { module: { folder: '.' } })
  t.equal(await inRepository(none), undefined, 'outside git')
})
