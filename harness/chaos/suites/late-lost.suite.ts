import { suite } from '../../suite.js'
import { faulty, make } from './faulty.js'

const test = suite('a late warning, and a worker that is lost after it', { modules: [faulty] })

test('arms it', async (t, guest) => {
  await make(guest, 'late')
  t.pass('armed')
})

test('is at work meanwhile', async (t, guest) => {
  const { stdout } = await guest.exec('sleep 4; echo awake')
  t.equal(stdout, 'awake\n')
})

test('takes its worker along', () => {
  process.abort()
})
