import { dirname } from 'node:path'

/** A member of an initramfs segment. Paths have no leading slash. */
export type CpioMember =
  | { readonly path: string; readonly type: 'folder'; readonly mode: number }
  | {
      readonly path: string
      readonly type: 'file'
      readonly mode: number
      readonly data: Uint8Array
    }
  | { readonly path: string; readonly type: 'link'; readonly target: string }
  | {
      readonly path: string
      readonly type: 'device'
      readonly mode: number
      readonly major: number
      readonly minor: number
    }

/** inode(7) */
const TYPE_BITS = { folder: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 } as const
const LINK_MODE = 0o777

/**
 * Makes an uncompressed cpio archive in the kernel's "newc" format
 * (Documentation/driver-api/early-userspace/buffer-format.rst): owned by root, without times, and
 * padded so that another segment may follow. Parent folders that are not given are added.
 */
export function cpio(members: readonly CpioMember[]): Buffer {
  const pieces = withFolders(members).map((member, index) => encode(member, index + 1))
  pieces.push(header({ path: 'TRAILER!!!', inode: 0, mode: 0, size: 0, major: 0, minor: 0 }))
  return Buffer.concat(pieces)
}

/** Adds parent folders, which the kernel does not create; each precedes its content. */
function withFolders(members: readonly CpioMember[]): readonly CpioMember[] {
  const given = new Map(members.filter(m => m.type === 'folder').map(m => [m.path, m]))
  const parents = new Set<string>()
  for (const { path } of members) {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) parents.add(parent)
  }
  const implied = [...parents]
    .filter(path => !given.has(path))
    .map(path => ({ path, type: 'folder', mode: 0o755 }) as const)
  // A parent's path is a prefix of its child's, and sorts before it.
  const folders = [...given.values(), ...implied].sort((a, b) => (a.path < b.path ? -1 : 1))
  return [...folders, ...members.filter(member => member.type !== 'folder')]
}

function encode(member: CpioMember, inode: number): Buffer {
  const data =
    member.type === 'file'
      ? Buffer.from(member.data)
      : Buffer.from(member.type === 'link' ? member.target : '')
  const mode = TYPE_BITS[member.type] | (member.type === 'link' ? LINK_MODE : member.mode)
  const { major, minor } = member.type === 'device' ? member : { major: 0, minor: 0 }
  const head = header({ path: member.path, inode, mode, size: data.length, major, minor })
  return Buffer.concat([head, data, padding(data.length)])
}

interface CpioHeader {
  readonly path: string
  readonly inode: number
  readonly mode: number
  readonly size: number
  readonly major: number
  readonly minor: number
}

function header({ path, inode, mode, size, major, minor }: CpioHeader): Buffer {
  const name = Buffer.from(`${path}\0`)
  // ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
  const fields = [inode, mode, 0, 0, 1, 0, size, 0, 0, major, minor, name.length, 0]
  const text = `070701${fields.map(field => field.toString(16).padStart(8, '0')).join('')}`
  return Buffer.concat([Buffer.from(text), name, padding(text.length + name.length)])
}

const padding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4)
