import { O_WRONLY, type TestGuest } from 'modprove'

export const faulty = { name: 'faulty' }

/** Triggers a module's fault from a guest process: `warn`, `hang`, … */
export async function make(guest: TestGuest, fault: string, module = faulty.name): Promise<void> {
  const user = (await guest.process()).within(60_000)
  const device = await user.open(`/dev/${module}`, O_WRONLY)
  await user.write(device, Buffer.from(fault))
}
