import type { TestGuest } from 'modprove'
import { PAGE } from './exporter.js'

/** Free pages, with those in per-CPU lists, which MemFree does not count. */
export async function freeBytes(guest: TestGuest): Promise<number> {
  const [, kib] = /^MemFree:\s*(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo')) ?? []
  const zones = await guest.readFile('/proc/zoneinfo')
  const kept = [...zones.matchAll(/^\s+count:\s+(\d+)$/gm)].map(([, pages]) => Number(pages))
  return Number(kib) * 1024 + kept.reduce((sum, pages) => sum + pages, 0) * PAGE
}
