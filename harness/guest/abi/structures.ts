/** stat(2) */
export interface FileStatus {
  readonly dev: bigint
  readonly ino: bigint
  readonly mode: number
  readonly nlink: bigint
  readonly uid: number
  readonly gid: number
  readonly rdev: bigint
  /** In bytes. */
  readonly size: number
  readonly blksize: number
  /** In units of 512 bytes. */
  readonly blocks: number
}

/** arch/x86/include/uapi/asm/stat.h: struct stat of 64-bit programs. */
export const STAT_BYTES = 144

export function decodeStat(bytes: Buffer): FileStatus {
  return {
    dev: bytes.readBigUInt64LE(0),
    ino: bytes.readBigUInt64LE(8),
    nlink: bytes.readBigUInt64LE(16),
    mode: bytes.readUInt32LE(24),
    uid: bytes.readUInt32LE(28),
    gid: bytes.readUInt32LE(32),
    rdev: bytes.readBigUInt64LE(40),
    size: Number(bytes.readBigInt64LE(48)),
    blksize: Number(bytes.readBigInt64LE(56)),
    blocks: Number(bytes.readBigInt64LE(64)),
  }
}

/** statfs(2) */
export interface FilesystemStatus {
  /** The file system's magic number. */
  readonly type: number
  readonly bsize: number
  readonly blocks: bigint
  readonly bfree: bigint
}

export const STATFS_BYTES = 120

export function decodeStatfs(bytes: Buffer): FilesystemStatus {
  return {
    type: Number(bytes.readBigInt64LE(0)),
    bsize: Number(bytes.readBigInt64LE(8)),
    blocks: bytes.readBigUInt64LE(16),
    bfree: bytes.readBigUInt64LE(24),
  }
}

/** Limits of getrlimit(2); Infinity is RLIM_INFINITY. */
export interface ResourceLimit {
  readonly soft: number
  readonly hard: number
}

export const RLIMIT_BYTES = 16

const UNLIMITED = 0xffffffffffffffffn

export function decodeLimit(bytes: Buffer): ResourceLimit {
  const limit = (at: number): number => {
    const value = bytes.readBigUInt64LE(at)
    return value === UNLIMITED ? Infinity : Number(value)
  }
  return { soft: limit(0), hard: limit(8) }
}

export function encodeLimit({ soft, hard }: ResourceLimit): Buffer {
  const bytes = Buffer.alloc(RLIMIT_BYTES)
  bytes.writeBigUInt64LE(soft === Infinity ? UNLIMITED : BigInt(soft), 0)
  bytes.writeBigUInt64LE(hard === Infinity ? UNLIMITED : BigInt(hard), 8)
  return bytes
}

/** Encodes pointers and sizes as 64-bit words of a structure. */
export function encodeWords(...words: readonly (bigint | number)[]): Buffer {
  const bytes = Buffer.alloc(8 * words.length)
  words.forEach((word, index) =>
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(word)), 8 * index),
  )
  return bytes
}
