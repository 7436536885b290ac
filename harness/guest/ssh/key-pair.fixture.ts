import ssh2 from 'ssh2'

/** A fresh key pair. ssh2 writes about three of a thousand so that it cannot read them (1.17). */
export function keyPair(): ReturnType<typeof ssh2.utils.generateKeyPairSync> {
  const pair = ssh2.utils.generateKeyPairSync('ed25519')
  return ssh2.utils.parseKey(pair.private) instanceof Error ? keyPair() : pair
}
