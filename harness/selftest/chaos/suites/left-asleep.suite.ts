import { O_WRONLY, suite } from 'modprove'
import { faulty } from './faulty.js'

const test = suite('a task that is left asleep for ever', { modules: [faulty] })

test('does not await it', async (t, guest) => {
  const user = await guest.process()
  const device = await user.open('/dev/faulty', O_WRONLY)
  user.write(device, Buffer.from('sleep')).catch(() => undefined)
  t.pass('it ends')
})

test('leaves it to a program', async (t, guest) => {
  const { code } = await guest.exec('setsid sh -c "printf sleep > /dev/faulty" <&- >&- 2>&- &')
  t.equal(code, 0)
})
