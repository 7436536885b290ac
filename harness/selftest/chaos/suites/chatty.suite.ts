import { suite } from 'modprove'

const test = suite('a test whose log is long')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('writes a megabyte into the kernel log', async (t, guest) => {
  const line = 'x'.repeat(200)
  await guest.exec(
    `i=0; while [ $i -lt 5000 ]; do echo "<7>$i ${line}"; i=$((i+1)); done > /dev/kmsg`,
  )
  t.pass('written')
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
