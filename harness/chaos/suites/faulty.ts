import { O_WRONLY, type TestGuest } from '../../suite.js'

export const faulty = { name: 'faulty' }

/** Has the module do wrong, in a process of the guest's: `warn`, `hang`, … */
export async function make(guest: TestGuest, fault: string): Promise<void> {
  const user = await guest.process()
  const device = await user.open('/dev/faulty', O_WRONLY)
  await user.write(device, Buffer.from(fault))
}
