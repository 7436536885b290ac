/**
 * Words before a command that give it a small disk: a tmpfs(5) in a mount namespace of its own, which goes with it.
 *
 * @param folder exists; what lies in it is copied into the tmpfs
 * @param bytes the disk's size, or its room beside what it begins with: `+40960`
 * @param keep where a copy of the disk's content is left when the command ends
 */
export function onSmallDisk(folder: string, bytes: number, keep?: string): string[] {
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
  ].join('\n')
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user']
  return [
    'unshare',
    ...user,
    '--mount',
    'sh',
    '-c',
    script,
    'sh',
    folder,
    String(bytes),
    keep ?? '',
  ]
}
