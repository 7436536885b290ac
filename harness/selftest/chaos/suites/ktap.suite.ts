import { suite } from 'modprove'

const test = suite('what programs of the kernel print')

for (const [name, stream] of [
  ['kselftest', 'kselftest'],
  ['a test of a subtest fails', 'nested-fails'],
  ['a test is missing', 'kselftest-lost'],
  ['nested', 'nested'],
] as const)
  test(name, async (t, guest) => {
    await guest.tap(t, 'streams', [stream])
  })
