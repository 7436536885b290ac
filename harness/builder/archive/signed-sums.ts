import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'

/** Required signature. */
export interface Signer {
  /** Binary OpenPGP keys, as gpgv(1) reads them. */
  readonly keyring: string
  /** Of the primary key; any key in the keyring if absent. */
  readonly fingerprint?: string
}

/**
 * Returns the text of a clear-signed file (RFC 4880, section 7) without anything outside the
 * signature.
 * @param from where it was downloaded, for messages
 * @param folder for temporary files
 * @throws ModproveError `SIGNATURE_BAD`
 */
export async function verifiedText(
  file: string,
  from: string,
  signer: Signer,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const text = join(folder, 'verified')
  const $ = script({ signal, cwd: folder })
  const { exitCode, stdout, stderr } =
    await $`gpgv --homedir ${folder} --keyring ${signer.keyring} --status-fd 1 --output ${text} ${file}`.nothrow()
  signal.throwIfAborted()
  // GnuPG's doc/DETAILS: VALIDSIG's first word is the signing key, its last the primary key.
  const signed = [...stdout.matchAll(/^\[GNUPG:\] VALIDSIG (?:\S+ )*([0-9A-F]{40,64})$/gm)]
  const by = signed.map(match => match[1])
  const wanted = signer.fingerprint
  const isKnown = by.length > 0 && by.every(key => wanted === undefined || key === wanted)
  // gpgv(1) exits with 0 for these, too.
  const isOver = /^\[GNUPG:\] (EXPSIG|EXPKEYSIG|REVKEYSIG) /m.test(stdout)
  if (exitCode === 0 && isKnown && !isOver) return readFile(text, 'utf8')
  const what = isOver
    ? 'signed by a key that has expired or was revoked'
    : `not signed by ${wanted ?? `a key of ${signer.keyring}`}`
  throw harnessError('SIGNATURE_BAD', `${from} is ${what}`, {
    detail: stderr.trim(),
    remedy:
      'Nothing of it was kept. If kernel.org has a new key, name a keyring that holds it in MODPROVE_KERNEL_ORG_KEYRING',
  })
}

/** `sha256sums`: file name → hash in hexadecimal. */
export function parseSums(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^([0-9a-f]{64}) [ *](\S+)$/gm)
  return new Map([...lines].map(([, hash = '', name = '']) => [name, hash]))
}
