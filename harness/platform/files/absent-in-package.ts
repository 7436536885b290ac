/**
 * For `import(…).catch` of what only a clone has; `files` of package.json leaves it out.
 * @throws any other error of the import
 */
export function absentInPackage(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
  return undefined
}
