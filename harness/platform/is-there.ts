import { access } from 'node:fs/promises'

/** Whether a path exists, and may be reached. */
export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
