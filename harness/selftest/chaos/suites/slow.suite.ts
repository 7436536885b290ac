import { suite } from 'modprove'

const test = suite('work that is known')

/** More than a second of an idle host's processor, emulated; ten are the test's, emulated. */
const STEPS = 100_000

test('takes a part of its time', { timeoutMs: 1000 }, async (t, guest) => {
  const { stdout } = await guest.exec(
    `i=0; while [ $i -lt ${STEPS} ]; do i=$((i+1)); done; echo done`,
    { timeoutMs: 600_000 },
  )
  t.equal(stdout, 'done\n')
})
