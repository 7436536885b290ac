import { inMountNamespace } from './mount-namespace.js'

/**
 * Words before a command that give it a small disk: a tmpfs(5) that vanishes when it ends.
 *
 * @param folder exists; what lies in it is copied into the tmpfs
 * @param bytes the disk's size, or its room beside what it begins with: `+40960`
 * @param keep where a copy of the disk's content is left when the command ends
 * @throws ModproveError `NO_NAMESPACE`
 */
export function onSmallDisk(folder: string, bytes: number, keep = ''): Promise<string[]> {
  const script = [
    'folder=$1 bytes=$2 keep=$3; shift 3',
    'used=$(du -sB1 "$folder" | cut -f1)',
    'held=$(mktemp -d) && mount --bind "$folder" "$held"',
    'mount -t tmpfs -o "size=$((used + bytes)),mode=1777" none "$folder"',
    'cp -a "$held/." "$folder" && umount "$held" && rmdir "$held"',
    '"$@"',
    'status=$?',
    'if [ -n "$keep" ]; then mkdir -p "$keep" && cp -a "$folder/." "$keep"; fi',
    'exit $status',
  ]
  return inMountNamespace(script, folder, String(bytes), keep)
}
