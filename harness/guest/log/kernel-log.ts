import { EventEmitter } from 'node:events'
import type { LogRecord } from '../../contract/log-record.js'
import { parseRecord } from './parse.js'

const MAX_RECORDS = 20_000

interface LogEvents {
  /** A record, in the order of their sequence numbers. */
  record: [LogRecord]
}

/** The kernel's log from the guest's boot on, as it comes. */
export class KernelLog extends EventEmitter<LogEvents> {
  /** How many records were let go because more came than are kept (20,000). */
  dropped = 0
  /** How many records the kernel overwrote before they could be read. */
  lost = 0
  /** How many lines were not of /dev/kmsg's form. */
  malformed = 0
  /** The newest record's sequence number; -1 before the first. */
  last = -1
  /** Sequence number of the first record after those that were let go or overwritten; 0 while none was. */
  oldest = 0
  private beforeLost: LogRecord | undefined
  private records: LogRecord[] = []
  private readonly drain: (deadlineMs: number | undefined) => Promise<void>

  constructor(drain: (deadlineMs: number | undefined) => Promise<void>) {
    super()
    this.drain = drain
  }

  /**
   * Waits until every record that the kernel had logged by now is here.
   *
   * @returns the newest record's sequence number, for `since`
   */
  async barrier(options: { readonly deadlineMs?: number } = {}): Promise<number> {
    await this.drain(options.deadlineMs)
    return this.last
  }

  /** The kept records that are newer than `sequence`; all of them with -1. */
  since(sequence: number): readonly LogRecord[] {
    let first = this.records.length
    while (first > 0 && (this.records[first - 1]?.sequence ?? -1) > sequence) first--
    return this.records.slice(first)
  }

  /** The last record before those that were lost; each loss is told of once. */
  takeBeforeLost(): LogRecord | undefined {
    const before = this.beforeLost
    this.beforeLost = undefined
    return before
  }

  /** For the agent's client: one line of /dev/kmsg. */
  take(line: string): void {
    const record = parseRecord(line)
    if (!record || record.sequence <= this.last) {
      this.malformed++
      return
    }
    const missed = record.sequence - this.last - 1
    // The ring buffer had wrapped before the log was first read: nothing was lost to this reader.
    if (missed > 0 && this.last >= 0) {
      this.lost += missed
      this.beforeLost ??= this.records.at(-1)
      this.oldest = record.sequence
    }
    this.last = record.sequence
    this.records.push(record)
    // By halves: dropping one for each one taken would move the whole array each time.
    if (this.records.length > MAX_RECORDS) {
      const dropped = Math.floor(MAX_RECORDS / 2)
      this.records = this.records.slice(dropped)
      this.dropped += dropped
      this.oldest = Math.max(this.oldest, this.records[0]?.sequence ?? 0)
    }
    this.emit('record', record)
  }
}
