import { readFile } from 'node:fs/promises'
import type { SlurmJob } from './commands.js'
import { logOf } from './submit-plan.js'

/** A node on which shards ended without a result that counts. */
export interface FailingNode {
  readonly node: string
  readonly shards: readonly number[]
  /** Slurm's, of the last of them. */
  readonly reason: string
  /** No shard brought a result from there, and some did from elsewhere. */
  readonly isBad: boolean
}

/**
 * @param ended jobs
 * @param lacking shards without a result that counts
 */
export function failingNodes(
  ended: readonly SlurmJob[],
  lacking: readonly number[],
): FailingNode[] {
  const good = new Set<string>()
  const failed = new Map<string, SlurmJob[]>()
  for (const job of ended) {
    if (job.index === undefined || job.node === '') continue
    if (!lacking.includes(job.index)) good.add(job.node)
    else failed.set(job.node, [...(failed.get(job.node) ?? []), job])
  }
  return [...failed].map(([node, jobs]) => ({
    node,
    shards: jobs.flatMap(({ index }) => index ?? []),
    reason: jobs.at(-1)?.reason ?? '',
    isBad: good.size > 0 && !good.has(node),
  }))
}

/** Tells what became of its shards, with the last words of one of them. */
export async function wordsOn(
  { node, shards, reason, isBad }: FailingNode,
  folder: string,
): Promise<string> {
  const last = await lastWords(logOf(folder, String(shards.at(-1))))
  return [
    `node ${node} brought no sound result of shards ${shards.join(', ')} (${reason})`,
    last ?? `does it see ${folder}, and may write there?`,
    ...(isBad ? ['its shards go to other nodes'] : []),
  ].join('; ')
}

/** The error that ended it, or what it said last; undefined when it said nothing. */
async function lastWords(log: string): Promise<string | undefined> {
  const text = await readFile(log, 'utf8').catch(() => '')
  const lines = text.trim().split('\n')
  const last = lines.findLast(line => line.startsWith('modprove: ')) ?? lines.at(-1)
  return last === '' ? undefined : last
}
