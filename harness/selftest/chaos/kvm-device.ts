import { readFile } from 'node:fs/promises'
import { harnessError } from '../../platform/errors.js'
import { inMountNamespace } from './mount-namespace.js'

/** Documentation/admin-guide/devices.txt: misc device 232, and /dev/null. */
const DEVICES = { kvm: '10 232', null: '1 3' } as const

/**
 * Prefix words that run a command with a world-accessible /dev/kvm, in a private /dev.
 * @param folder exists, and is empty
 * @param device its real device
 * @throws ModproveError `NO_DEVICE` without permission; `NO_NAMESPACE`
 */
export async function withKvmDevice(
  folder: string,
  device: keyof typeof DEVICES,
): Promise<string[]> {
  if (process.getuid?.() !== 0) {
    throw harnessError('NO_DEVICE', 'Only root can make a /dev/kvm', { remedy: 'Run it as root' })
  }
  const script = [
    'dev=$1; shift',
    'mount -t tmpfs -o mode=755 none "$dev" || exit 3',
    'for each in /dev/*; do',
    '  name=${each##*/}',
    // Mount points, and folders that may be large.
    '  if [ -d "$each" ] && [ ! -L "$each" ]; then mkdir "$dev/$name" && mount --rbind "$each" "$dev/$name"',
    '  else cp -a "$each" "$dev/$name"; fi || exit 3',
    'done',
    `rm -f "$dev/kvm" && mknod -m 666 "$dev/kvm" c ${DEVICES[device]} && mount --rbind "$dev" /dev || exit 3`,
    'exec "$@"',
  ]
  return inMountNamespace(script, folder)
}

/** Whether this host has a /dev/kvm although its CPUs do not virtualize: guests cannot run. */
export async function kvmMustLie(): Promise<boolean> {
  const [processors, misc] = await Promise.all(
    ['/proc/cpuinfo', '/proc/misc'].map(path => readFile(path, 'utf8')),
  )
  return (
    !/^flags\s*:.*\b(?:vmx|svm)\b/m.test(processors ?? '') &&
    /^232 kvm$/m.test(misc?.replaceAll(/^ +/gm, '') ?? '')
  )
}
