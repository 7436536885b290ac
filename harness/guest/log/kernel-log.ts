import { EventEmitter } from 'node:events'
import type { LogRecord } from '../../contract/log-record.js'
import type { Loss } from '../../verdict/reader/lost-records.js'
import { parseRecord } from '../../verdict/reader/parse-record.js'

const MAX_RECORDS = 20_000
/** Later losses are merged into the last of these, with what was read between them. */
const MAX_LOSSES = 100

interface LogEvents {
  /** A record, in the order of their sequence numbers. */
  record: [LogRecord]
}

/** The kernel log, live, from the guest's boot on. */
export class KernelLog extends EventEmitter<LogEvents> {
  /** Number of records dropped because more arrived than are kept (20,000). */
  dropped = 0
  /** Number of records the kernel overwrote before they were read. */
  lost = 0
  /** Number of lines not in /dev/kmsg's format. */
  malformed = 0
  /** The newest record's sequence number; -1 before the first. */
  last = -1
  /** Sequence number of the first record after a drop or loss; 0 if there was none. */
  oldest = 0
  #losses: Loss[] = []
  #records: LogRecord[] = []
  readonly #drain: () => Promise<void>

  constructor(drain: () => Promise<void>) {
    super()
    this.#drain = drain
  }

  /**
   * Waits for every record that the kernel has logged by now.
   * @returns the newest record's sequence number, for `since`
   */
  async barrier(): Promise<number> {
    await this.#drain()
    return this.last
  }

  /** Returns the kept records newer than `sequence`; all of them for -1. */
  since(sequence: number): readonly LogRecord[] {
    let first = this.#records.length
    while (first > 0 && (this.#records[first - 1]?.sequence ?? -1) > sequence) first--
    return this.#records.slice(first)
  }

  /** Returns what was lost since the last call. */
  takeLosses(): readonly Loss[] {
    const losses = this.#losses
    this.#losses = []
    return losses
  }

  /** For the agent's client: adds one line of /dev/kmsg. */
  take(line: string): void {
    const record = parseRecord(line)
    if (!record || record.sequence <= this.last) {
      this.malformed++
      return
    }
    const missed = record.sequence - this.last - 1
    // The ring buffer wrapped before the first read: this reader lost nothing.
    if (missed > 0 && this.last >= 0) {
      this.lost += missed
      this.#addLoss(missed, record)
      this.oldest = record.sequence
    }
    this.last = record.sequence
    this.#records.push(record)
    // Halved, because dropping one per new record would move the whole array each time.
    if (this.#records.length > MAX_RECORDS) {
      const dropped = Math.floor(MAX_RECORDS / 2)
      this.#records = this.#records.slice(dropped)
      this.dropped += dropped
      this.oldest = Math.max(this.oldest, this.#records[0]?.sequence ?? 0)
    }
    this.emit('record', record)
  }

  #addLoss(count: number, before: LogRecord): void {
    const last = this.#losses.length < MAX_LOSSES ? undefined : this.#losses.pop()
    const after = last?.after ?? this.#records.at(-1)
    if (after !== undefined) this.#losses.push({ count: count + (last?.count ?? 0), after, before })
  }
}
