import { z } from 'zod'
import { textLike } from '../platform/files/checked-json.js'
import { path } from './module-fields.js'

/** What machines have in their file system besides what modprove needs. */
export const guestFields = z.strictObject({
  files: z
    .record(textLike(/^(\/(?!\.{0,2}(\/|$))[^/\n]+)+$/, 'an absolute path'), path())
    .exactOptional()
    .describe(
      'files, and folders with all in them, by their paths in the guest: `{ "/etc/ring.conf": "./ring.conf" }`; run bits are kept',
    ),
  packages: z
    .array(textLike(/^[a-z0-9][a-z0-9.+-]+$/, 'the name of a Debian package'))
    .exactOptional()
    .describe(
      'Debian packages, which are unpacked with all that they depend on, and not configured: `["v4l-utils"]`',
    ),
  firmware: z
    .array(path())
    .exactOptional()
    .describe(
      'firmware for request_firmware(): files, and folders whose files keep their paths below `/lib/firmware`',
    ),
})

export type GuestConfig = z.output<typeof guestFields>
