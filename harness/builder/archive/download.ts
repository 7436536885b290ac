import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { harnessError, type ModproveError } from '../../platform/errors.js'
import { script, type ProcessOutput } from '../../platform/process/script.js'

const TRIES = 3
const CONNECT_TIMEOUT_S = 30
/** A transfer slower than this for some time is given up. */
const SLOWEST_BYTES_A_SECOND = 1000
const STALLED_S = 60
const LONGEST_MS = 1_800_000
/** Delay before the second attempt; doubled before the third. */
const AGAIN_AFTER_MS = 500

/** curl(1), EXIT CODES: a transfer that was cut, stalled or lost its server. */
const WORTH_ANOTHER_TRY = [18, 28, 52, 55, 56]
const HTTP_ERROR = 22
/** Temporary errors of a server or proxy (RFC 9110, 15.5 and 15.6). */
const HTTP_WORTH_ANOTHER_TRY = /^(408|425|429|500|502|503|504)$/

/**
 * Downloads a file by HTTP, through the environment's proxies, as in curl(1).
 * @returns false if the server has no such file
 * @throws ModproveError `DOWNLOAD_FAILED`, leaving nothing at `file`
 */
export async function download(url: string, file: string, signal: AbortSignal): Promise<boolean> {
  const $ = script({ signal, timeoutMs: LONGEST_MS })
  const options = [
    ...['--silent', '--show-error', '--fail', '--location', '--proto', '=https,http'],
    ...['--connect-timeout', String(CONNECT_TIMEOUT_S)],
    ...['--speed-limit', String(SLOWEST_BYTES_A_SECOND), '--speed-time', String(STALLED_S)],
  ]
  for (let attempt = 1; ; attempt++) {
    const end = await $`curl ${options} --write-out %{http_code} --output ${file} ${url}`.nothrow()
    signal.throwIfAborted()
    if (end.exitCode === 0) return true
    await rm(file, { force: true })
    if (end.exitCode === HTTP_ERROR && /^(404|410)$/.test(end.stdout.trim())) return false
    const isWorthIt =
      end.exitCode === HTTP_ERROR
        ? HTTP_WORTH_ANOTHER_TRY.test(end.stdout.trim())
        : WORTH_ANOTHER_TRY.includes(end.exitCode ?? 0)
    if (attempt === TRIES || !isWorthIt) throw failed(url, end, attempt)
    await sleep(attempt * AGAIN_AFTER_MS, undefined, { signal })
  }
}

function failed(url: string, end: ProcessOutput, tries: number): ModproveError {
  return harnessError('DOWNLOAD_FAILED', `${url} could not be downloaded`, {
    detail: `${end.stderr.trim()}${tries > 1 ? ` (${tries} tries)` : ''}`,
    remedy: 'Check the network, and https_proxy where there is a proxy',
    cause: end,
  })
}
