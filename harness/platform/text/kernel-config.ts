/** The options of a kernel that are `y` or `m`. @param config its complete configuration */
export const optionsIn = (config: string): ReadonlySet<string> =>
  new Set([...config.matchAll(/^(CONFIG_\w+)=[ym]$/gm)].map(([, name = '']) => name))

/** All options that a kernel's complete configuration names, also those that are not set. */
export const namedIn = (config: string): ReadonlySet<string> =>
  new Set(
    [...config.matchAll(/^(?:# )?(CONFIG_\w+)(?:=| is not set$)/gm)].map(([, name = '']) => name),
  )
