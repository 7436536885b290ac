import { IOW, IOWR, O_CLOEXEC, O_RDWR, type Calls, type Descriptor, type Invariant } from 'modprove'
import {
  DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
  DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
  dmaBufExportSyncFile,
  dmaBufImportSyncFile,
} from './uapi.js'

/* drivers/dma-buf/sw_sync.c, sw_sync_create_fence_data: __u32 value; char name[32]; __s32 fence. */
const FENCE_DATA_BYTES = 40
const FENCE_OFFSET = 36
const SW_SYNC_IOC_CREATE_FENCE = IOWR('W', 0, FENCE_DATA_BYTES)
const SW_SYNC_IOC_INC = IOW('W', 1, 4)

/** Since 7.2, making such a fence sets the soft lockup taint, as it can cause one (sw_sync.c). */
export const fencesTaint = ['L']

/**
 * A counter of /sys/kernel/debug/sync/sw_sync; it signals its fences as it reaches their values.
 */
export class Timeline {
  private readonly file: Descriptor

  private constructor(file: Descriptor) {
    this.file = file
  }

  static async open(user: Calls): Promise<Timeline> {
    return new Timeline(await user.open('/sys/kernel/debug/sync/sw_sync', O_RDWR | O_CLOEXEC))
  }

  /** A sync file whose fence is signalled when the counter, from 0, reaches `value`. */
  async fence(value = 1): Promise<Descriptor> {
    const data = Buffer.alloc(FENCE_DATA_BYTES)
    data.writeUInt32LE(value)
    await this.file.ioctl(SW_SYNC_IOC_CREATE_FENCE, data)
    return this.file.process.descriptor(data.readInt32LE(FENCE_OFFSET))
  }

  async advance(by = 1): Promise<void> {
    const increment = Buffer.alloc(4)
    increment.writeUInt32LE(by)
    await this.file.ioctl(SW_SYNC_IOC_INC, increment)
  }

  /** Signals pending fences with an error. */
  async close(): Promise<void> {
    await this.file.close()
  }
}

/** Adds a sync file's fence to the buffer, as that of a read or a write (DMA_BUF_SYNC_…). */
export async function importSyncFile(
  buffer: Descriptor,
  file: Descriptor,
  flags: number,
  by: Calls = buffer.process,
): Promise<void> {
  const argument = dmaBufImportSyncFile.encode({ flags, fd: file.fd })
  await by.ioctl(buffer, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, argument)
}

/** A sync file with the fences that a read or a write (DMA_BUF_SYNC_…) must wait for. */
export async function exportSyncFile(
  buffer: Descriptor,
  flags: number,
  by: Calls = buffer.process,
): Promise<Descriptor> {
  const argument = dmaBufExportSyncFile.encode({ flags })
  await by.ioctl(buffer, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, argument)
  return buffer.process.descriptor(Number(dmaBufExportSyncFile.decode(argument, 'fd')))
}

const FENCES = '/sys/kernel/debug/sync/info'

/** For suites that make fences: lines about timelines and fences; none without CONFIG_SW_SYNC. */
export const fencesLeft: Invariant = {
  name: 'timelines and fences of sw_sync',
  read: async guest =>
    (await guest.exists(FENCES)) ? (await guest.readFile(FENCES)).split('\n').length : 0,
}
