import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { setHostSlowness } from '../platform/waiting/deadlines.js'
import { keepBootTime, longestSilenceMs } from './boot-time.js'
import type { MachineSpec } from './spec.js'

setHostSlowness(1)

const spec = (bootTime?: string): MachineSpec => ({
  image: '',
  initramfs: '',
  accelerator: 'tcg',
  memoryMiB: 1,
  cpus: 1,
  append: [],
  folder: '',
  ...(bootTime === undefined ? {} : { bootTime }),
})

void t.test("a kernel's first boot gets the longest silence limit", async t => {
  const file = join(t.testdir(), 'boot-time')
  for (const each of [spec(), spec(file)]) t.equal(await longestSilenceMs(each), 120_000)
  for (const damaged of [
    '',
    '{"tcg":',
    'null',
    '[1]',
    '{"tcg":"1250"}',
    '{"tcg":-1}',
    '{"kvm":100}',
  ]) {
    await writeFile(file, damaged)
    t.equal(await longestSilenceMs(spec(file)), 120_000, damaged)
    await keepBootTime(spec(file), 1_250)
    t.equal(await longestSilenceMs(spec(file)), 10_000, `${damaged} is replaced`)
  }
})

void t.test(
  'a kernel that booted before gets a limit from that boot time, within bounds',
  async t => {
    const file = join(t.testdir(), 'boot-time')
    const after = async (tookMs: number) => {
      await keepBootTime(spec(file), tookMs)
      return longestSilenceMs(spec(file))
    }
    t.equal(await after(100), 10_000, 'never less')
    t.equal(await after(6_000), 48_000)
    t.equal(await after(60_000), 120_000, 'never more')
    t.equal(await after(1_500), 12_000, 'the last boot counts')
    t.equal(await after(2_500), 12_000, 'a similar boot time is not written')
    await keepBootTime({ ...spec(file), accelerator: 'kvm' }, 300)
    t.same(JSON.parse(await readFile(file, 'utf8')), { tcg: 1500, kvm: 300 })
  },
)

void t.test('a boot time that cannot be saved is ignored', async t => {
  await keepBootTime(spec('/proc/boot-time'), 1)
  await keepBootTime(spec(), 1)
  t.equal(await longestSilenceMs(spec('/proc/boot-time')), 120_000)
})
