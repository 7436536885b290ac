/** Whether a path is one of these files or folders, or below one. */
export const isWithin = (path: string, places: readonly string[]): boolean =>
  places.some(place => path === place || path.startsWith(`${place}/`))
