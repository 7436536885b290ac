import { writeFile } from 'node:fs/promises'
import { suite } from 'modprove'

const test = suite('what a guest can know of its machine')

/** Prints lines of a name, a tab and a value, with few processes. */
const FACTS = String.raw`
of() { sed "s|^|$*\t|"; }
grep -rs . /proc/sys | sed '/random/d; s/:/\t/'
for file in cmdline mounts modules filesystems partitions devices misc iomem ioports swaps; do
  sed "s|^|/proc/$file\t|" "/proc/$file"
done
ps -o comm | sed /kworker/d | of process
find /dev /etc /lib /root /tmp | of file
ls -l /proc/self/fd | wc -l | of descriptors
env | of environment
of clock </sys/devices/system/clocksource/clocksource0/current_clocksource
ifconfig | sed '/packets/d; /bytes/d' | of network
dmesg | sed 's/^[^]]*]\(\[[^]]*]\)* //' | of log
`

test('tells', async (t, guest) => {
  const { stdout, code } = await guest.exec(FACTS)
  t.equal(code, 0)
  const bootId = await guest.readFile('/proc/sys/kernel/random/boot_id')
  const random = await guest.exec('head -c 16 /dev/urandom | hexdump -C')
  const seconds = await guest.exec('date +%s')
  const apartMs = Math.abs(Number(seconds.stdout) * 1000 - Date.now())
  const facts = stdout.split('\n').filter(Boolean)
  const told = { facts, own: { bootId, random: random.stdout }, apartMs }
  await writeFile(process.env['TOLD_TO'] ?? '', JSON.stringify(told))
})
