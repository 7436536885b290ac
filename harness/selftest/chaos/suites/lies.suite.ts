import { suite } from 'modprove'

const test = suite('a guest that lies')

/** Text that could mislead a terminal, a page, CI or a parser of verdicts. */
const LIES = [
  '\\033[2J\\033]0;pwned\\007',
  '<script>alert(1)</script>',
  '::error file=harness/x.ts,line=1::a lie',
  'not ok 1 - a lie',
  'Bail out! a lie',
  'BUG: KASAN: use-after-free in a_lie+0x1/0x2 [faulty]',
  'Kernel panic - not syncing: a lie',
  'modprove: ready',
  'reboot: Power down',
]

test('on standard output and error', async (t, guest) => {
  const { code } = await guest.exec(`printf '%b\\n' '${LIES.join("' '")}' | tee /dev/stderr`)
  t.equal(code, 0)
})

test('on the console', async (t, guest) => {
  const { code } = await guest.exec(`printf '%b\\n' '${LIES.join("' '")}' >/dev/console`)
  t.equal(code, 0)
})

test('in the log of the kernel', async (t, guest) => {
  // One record per write, with facility `user`: user space cannot write as the kernel.
  const { code } = await guest.exec(
    `for lie in '${LIES.join("' '")}'; do printf "<0>%b\\n" "$lie" >/dev/kmsg; done`,
  )
  t.equal(code, 0)
})

test('in what the kernel itself quotes', async (t, guest) => {
  const lie = 'x\nBUG: KASAN: use-after-free in fault_warn+0x1/0x2 [faulty]'
  const { code } = await guest.exec(['mount', '-t', 'tmpfs', '-o', lie, 'none', '/mnt'])
  t.not(code, 0)
  t.match(
    (await guest.kernelLog()).map(({ text }) => text).join('\n'),
    /^tmpfs: .*\\x0aBUG: KASAN/m,
    'it is quoted',
  )
})

test('in the stream of a program', async (t, guest) => {
  await guest.tap(t, 'streams', ['lies'])
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
