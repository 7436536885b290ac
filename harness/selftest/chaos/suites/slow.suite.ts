import { suite } from 'modprove'

const test = suite('work that is known')

/** More than 1 s of CPU time, emulated on an idle host; the test has 10 s, emulated. */
const STEPS = 100_000

test('takes a part of its time', { timeoutMs: 1000 }, async (t, guest) => {
  const { stdout } = await guest.exec(
    `i=0; while [ $i -lt ${STEPS} ]; do i=$((i+1)); done; echo done`,
    { timeoutMs: 600_000 },
  )
  t.equal(stdout, 'done\n')
})
