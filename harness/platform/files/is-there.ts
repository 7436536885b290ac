import { access } from 'node:fs/promises'

/** Whether a path exists, may be reached, and used. @param mode as access(2) has it: X_OK, … */
export const isThere = (path: string, mode?: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  )
