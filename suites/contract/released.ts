import type { TestGuest } from 'modprove'
import { liveBuffers, type BufferInfo } from '../bufinfo.js'
import type { Exporter } from './adapter.js'

/** The exporter's buffers in bufinfo, newest first. */
export function live(guest: TestGuest, exporter: Exporter): Promise<BufferInfo[]> {
  return liveBuffers(guest, exporter.policies(guest.kernel).exporterName)
}

/**
 * How many of the test's buffers were released: by the exporter's log if it has one, else by what
 * is gone from bufinfo.
 */
export async function released(guest: TestGuest, exporter: Exporter, made = 1): Promise<number> {
  if (exporter.log === undefined) return made - (await live(guest, exporter)).length
  return (await exporter.log(guest)).filter(line => line === 'dmabuf release').length
}
