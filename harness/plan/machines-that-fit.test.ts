import t from 'tap'
import { machinesThatFit } from './machines-that-fit.js'

const MIB = 1024 ** 2
const plain = { name: 'plain', memoryMiB: 256 }
const debug = { name: 'debug', memoryMiB: 512 }
const free = (mib: number, limitMib?: number) => async () => ({
  bytes: mib * MIB,
  ...(limitMib === undefined
    ? {}
    : { limit: { bytes: limitMib * MIB, group: '/sys/fs/cgroup/job' } }),
})

t.test('as many fit as there is room for the largest', async t => {
  t.equal(await machinesThatFit([plain], undefined, free(2000)), 3)
  t.equal(await machinesThatFit([plain, debug], undefined, free(2000)), 2)
  t.equal(await machinesThatFit([debug, plain], undefined, free(1000)), 1)
})

t.test(
  'that none fits is reported, with what is needed, what is left, and whose limit it is',
  async t => {
    await t.rejects(machinesThatFit([plain, debug], undefined, free(340, 512)), {
      code: 'NO_MEMORY',
      exitCode: 3,
      message:
        /one machine.*flavour debug takes up to 912 MiB, and 340 MiB of the 512 MiB that \/sys\/fs\/cgroup\/job may use are free/,
      remedy: /limit.*--jobs 1/,
    })
    await t.rejects(machinesThatFit([plain], undefined, free(100)), {
      message: /takes up to 656 MiB, and 100 MiB are free/,
    })
  },
)

t.test('who says how many has one at least', async t => {
  t.equal(await machinesThatFit([debug], 2, free(100, 512)), 1)
})
