import ssh2 from 'ssh2'

/** A new key pair that ssh2 can read: 1.17 writes 3 of 1000 that it cannot. */
export function keyPair(): ReturnType<typeof ssh2.utils.generateKeyPairSync> {
  const pair = ssh2.utils.generateKeyPairSync('ed25519')
  return ssh2.utils.parseKey(pair.private) instanceof Error ? keyPair() : pair
}
