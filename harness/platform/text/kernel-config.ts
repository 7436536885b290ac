/** The options of a kernel that are `y` or `m`. @param config its complete configuration */
export const optionsIn = (config: string): ReadonlySet<string> =>
  new Set([...config.matchAll(/^(CONFIG_\w+)=[ym]$/gm)].map(([, name = '']) => name))
