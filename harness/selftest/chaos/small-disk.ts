import { inMountNamespace } from './mount-namespace.js'

/**
 * Prefix words that give a command a small disk: a tmpfs(5) that vanishes with it.
 * @param folder exists; its content is copied to the tmpfs
 * @param bytes the disk's size, or with `+` its free space beyond the content: `+40960`
 * @param keep where to copy the disk's content afterwards
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
