import { harnessError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'

/**
 * Prefix words that give a command private mounts (mount_namespaces(7)), which vanish with it.
 * @param lines of sh(1) that mount, shift `words` away, and run the command: `"$@"`
 * @throws ModproveError `NO_NAMESPACE` if not permitted: in a chroot, in most containers
 */
export async function inMountNamespace(
  lines: readonly string[],
  ...words: readonly string[]
): Promise<string[]> {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const unshare = [...user, '--mount']
  const trial = await script()`unshare ${unshare} mount -t tmpfs none /tmp`.nothrow()
  if (!trial.ok) {
    throw harnessError('NO_NAMESPACE', `This user may not mount anything here: ${trial.stderr}`, {
      remedy:
        'run it outside of a chroot or container, where user namespaces are allowed, or as root',
    })
  }
  return ['unshare', ...unshare, 'sh', '-c', lines.join('\n'), 'sh', ...words]
}
