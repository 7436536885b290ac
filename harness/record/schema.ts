import { usageError } from '../platform/errors.js'
import { SCHEMA } from '../contract/events.js'

/** Oldest schema that `upgraded` converts. */
const OLDEST = 2

/**
 * @param version of the modprove that wrote the file, if known
 * @throws ModproveError `RECORD_TOO_NEW`, `RECORD_TOO_OLD`
 */
export function requireSchema(file: string, schema: number, version?: string): void {
  if (schema >= OLDEST && schema <= SCHEMA) return
  const newer = schema > SCHEMA
  const older = version === undefined ? 'the modprove that wrote it' : `modprove ${version}`
  throw usageError(
    newer ? 'RECORD_TOO_NEW' : 'RECORD_TOO_OLD',
    `${file} is of schema ${schema}, this modprove reads ${OLDEST} to ${SCHEMA}`,
    { remedy: `Read it with ${newer ? 'a newer modprove' : older}` },
  )
}
