import { generateKeyPairSync } from 'node:crypto'
import ssh2 from 'ssh2'

export interface SshKeys {
  /** The harness's, in OpenSSH's format. */
  readonly clientPrivate: string
  /** A line of `authorized_keys`. */
  readonly clientPublic: string
  /** The guest's, in dropbear's format. */
  readonly hostPrivate: Buffer
  /** As in `known_hosts`: `ssh-ed25519 AAAA…`. */
  readonly hostPublic: string
}

/**
 * Makes new keys for both ends, of the types that cost the guest least: RSA for the client, as its
 * public exponent has only two bits set, and Ed25519 for the host, because signing is fast.
 */
export function makeSshKeys(): SshKeys {
  const client = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048, comment: 'modprove' })
  const host = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const seed = Buffer.from(host.d ?? '', 'base64url')
  const point = Buffer.from(host.x ?? '', 'base64url')
  const type = lengthAndBytes(Buffer.from('ssh-ed25519'))
  return {
    clientPrivate: client.private,
    clientPublic: client.public,
    // dropbear's ed25519.c, buf_put_ed25519_priv_key(): seed and public point in one string.
    hostPrivate: Buffer.concat([type, lengthAndBytes(Buffer.concat([seed, point]))]),
    hostPublic: `ssh-ed25519 ${Buffer.concat([type, lengthAndBytes(point)]).toString('base64')}`,
  }
}

/** Encodes a string of RFC 4251, section 5. */
function lengthAndBytes(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
