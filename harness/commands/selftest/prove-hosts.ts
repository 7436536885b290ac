import { join } from 'node:path'
import { unpackQemu } from '../../builder/index.js'
import type { Counts } from '../../contract/events.js'
import type { HostResult } from '../../contract/host-result.js'
import { ModproveError, usageError } from '../../platform/errors.js'
import { privateFolder } from '../../platform/files/private-folder.js'
import { writeJson } from '../../platform/files/write-atomically.js'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import type { Terminal } from '../../platform/terminal/terminal.js'
import { plainRun, type RunRequest } from '../../plan/request.js'
import type { Project } from '../../project/project.js'
import { readRun } from '../../record/require-run.js'
import { hostColumns, hostCounts, hostsTable } from '../../report/activities/hosts.js'
import { PrettyReporter } from '../../report/terminal/pretty.js'
import { qemuVersion, useQemu } from '../../vm/index.js'
import { run } from '../run/run.js'

/** QEMU 5.2, which is the oldest that serves, 7.2, 10.0, and the newest. */
const RELEASES = ['bullseye', 'bookworm', 'trixie', 'sid']

export interface HostsContext {
  readonly project: Project
  readonly request: Pick<RunRequest, 'kernels' | 'flavours' | 'suites' | 'accelerator'>
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

/**
 * Runs the suites with the QEMU of each release of Debian, on machines that boot and on restored
 * ones, shows a table, and saves `hosts.json`.
 * @param releases of Debian; empty for all
 * @param folder of `hosts.json`
 * @throws ModproveError `UNKNOWN_RELEASE` (exit 2); the signal's reason
 */
export async function proveHosts(
  releases: readonly string[],
  folder: string,
  context: HostsContext,
): Promise<Counts> {
  const unknown = releases.find(name => !RELEASES.includes(name))
  if (unknown !== undefined)
    throw usageError('UNKNOWN_RELEASE', `"${unknown}" is no release of Debian that is known`, {
      remedy: `${didYouMean(unknown, RELEASES)}Known: ${RELEASES.join(', ')}`,
    })
  const results: HostResult[] = []
  for (const debian of releases.length === 0 ? RELEASES : releases) {
    results.push(...(await proveHost(debian, context)))
    await writeJson(join(folder, 'hosts.json'), results)
  }
  context.terminal.write(`\n${hostsTable(results)}`)
  return hostCounts(results)
}

/** A QEMU that cannot be run does not keep the others from it. */
async function proveHost(debian: string, context: HostsContext): Promise<HostResult[]> {
  const { terminal, signal } = context
  const before = process.env['MODPROVE_QEMU']
  await using folder = await privateFolder({ TMPDIR: '/tmp' })
  const results: HostResult[] = []
  try {
    await useQemu(await unpackQemu(debian, folder.path, { signal, progress: terminal }))
    const qemu = await qemuVersion()
    for (const start of ['cold', 'restored'] as const) {
      terminal.write(`\n${debian}: ${qemu}, ${start}\n`)
      results.push({ debian, qemu, start, ...(await runSuites(start, context)) })
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ModproveError)) throw error
    terminal.say(error.message)
    results.push({ debian, columns: [], problem: error.message })
  } finally {
    if (before === undefined) delete process.env['MODPROVE_QEMU']
    else process.env['MODPROVE_QEMU'] = before
  }
  return results
}

async function runSuites(
  start: 'cold' | 'restored',
  { project, request, terminal, signal }: HostsContext,
): Promise<Pick<HostResult, 'record' | 'columns'>> {
  const reporter = new PrettyReporter(terminal.write)
  const { folder } = await run(
    { ...plainRun, ...request, cold: start === 'cold' },
    {
      // Records and a history of its own: the project's latest run stays what it is.
      project: { ...project, state: join(project.state, 'hosts') },
      signal,
      progress: terminal,
      report: event => reporter.take(event),
    },
  )
  signal.throwIfAborted()
  return { record: folder, columns: hostColumns(await readRun(folder)) }
}
