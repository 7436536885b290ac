/** For a module whose firmware is not there. @param named of the configuration */
export const firmwareAdvice = (
  module: string,
  files: readonly string[],
  named: readonly string[],
): string =>
  `${module} requests ${files.join(', ')}, which no guest has. Put it below a folder, and write in the configuration: "guest": { "firmware": ${JSON.stringify([...named, 'firmware'])} }`
