import { suite } from 'modprove'
import { faulty } from './faulty.js'
import { warnsLate } from './late-warning.js'

const test = suite('a late warning, and a worker that is lost after it', { modules: [faulty] })

warnsLate(test)

test('takes its worker along', () => {
  process.abort()
})
