import { execa } from 'execa'
import { harnessError } from '../../platform/errors.js'

/**
 * Prefix words that give a command private mounts (mount_namespaces(7)), which vanish with it.
 * @param script lines of sh(1) that mount, shift `words` away, and run the command: `"$@"`
 * @throws ModproveError `NO_NAMESPACE` if not permitted: in a chroot, in most containers
 */
export async function inMountNamespace(
  script: readonly string[],
  ...words: readonly string[]
): Promise<string[]> {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const unshare = [...user, '--mount']
  const trial = ['mount', '-t', 'tmpfs', 'none', '/tmp']
  const { failed, stderr, message } = await execa('unshare', [...unshare, ...trial], {
    reject: false,
  })
  if (failed) {
    const detail = stderr || String(message)
    throw harnessError('NO_NAMESPACE', `This user may not mount anything here: ${detail}`, {
      remedy:
        'run it outside of a chroot or container, where user namespaces are allowed, or as root',
    })
  }
  return ['unshare', ...unshare, 'sh', '-c', script.join('\n'), 'sh', ...words]
}
