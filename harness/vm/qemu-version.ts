import { resolve } from 'node:path'
import { startCountdown, scaledHere } from '../platform/waiting/deadlines.js'
import { harnessError } from '../platform/errors.js'
import { owned } from '../platform/process/owned.js'
import { escapeTerminal } from '../platform/text/text.js'
import { compareVersions } from '../platform/text/version.js'
import { findQemu, qemuAccount, VARIABLE } from './qemu.js'

/** QEMU prints its version within 0.1 s. */
const ANSWER_MS = 5_000
const MAX_CHARACTERS = 4_000
const MAX_LINES = 10
/** Printable ASCII only: the line is saved in records and printed on terminals. */
const VERSION = /^QEMU emulator version (\d+\.\d+)[ -~]*$/
/** The first whose `microvm` may have ACPI. */
const OLDEST = '5.2'

/**
 * Returns a line such as `QEMU emulator version 7.2.22 (Debian …)`. Runs QEMU as the user that
 * machines run as, so that a permission problem is found before a machine is started.
 * @param path its program; default: {@link findQemu}
 * @throws ModproveError `QEMU_MISSING`, `QEMU_UNUSABLE`, `QEMU_TOO_OLD`
 */
export async function qemuVersion(path?: string): Promise<string> {
  const binary = path ?? (await findQemu())
  const account = await qemuAccount()
  const { child, ended, kill } = owned(binary, ['--version'], account ? { account } : {})
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      if (output.length < MAX_CHARACTERS) output += chunk.toString('utf8')
    })
  const limitMs = scaledHere(ANSWER_MS)
  let isLate = false
  const forget = startCountdown(limitMs, () => {
    isLate = true
    kill()
  })
  const { exitCode, signal } = await ended
  forget()
  const [first = ''] = output.split('\n')
  const version = VERSION.exec(first)?.[1]
  if (exitCode === 0 && version !== undefined) {
    if (compareVersions(version, OLDEST) >= 0) return first
    throw harnessError('QEMU_TOO_OLD', `${binary} is too old: ${first}`, {
      remedy: `machines need QEMU ${OLDEST} or newer: --qemu names another one`,
    })
  }
  const what = isLate
    ? `did not end within ${limitMs / 1000} s`
    : exitCode === 0
      ? 'printed no version of QEMU'
      : `ended with ${signal ?? `status ${exitCode}`}`
  const user = account === undefined ? '' : `, as user ${account.uid}`
  throw harnessError('QEMU_UNUSABLE', `${binary} --version ${what}${user}`, {
    detail: escapeTerminal(output.trim().split('\n', MAX_LINES).join('\n'), MAX_CHARACTERS),
    remedy:
      'machines need a QEMU that this user can run: reinstall it, or name another one with --qemu',
  })
}

/**
 * Uses this QEMU from now on, also in processes that are started.
 * @throws ModproveError `NO_SUCH_QEMU` (exit 2), and as {@link qemuVersion}
 */
export async function useQemu(path: string): Promise<void> {
  process.env[VARIABLE] = resolve(path)
  await qemuVersion()
}
