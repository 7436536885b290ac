/** The kernel's name of a module: dashes are underscores. Users may write both. */
export const kernelName = (name: string): string => name.replaceAll('-', '_')
