/** An object of only these fields of another one; fields that it lacks are left out. */
export const pick = <From extends object, Key extends keyof From>(
  from: From,
  ...keys: readonly Key[]
): Pick<From, Key> =>
  Object.fromEntries(
    keys.filter(key => from[key] !== undefined).map(key => [key, from[key]]),
  ) as Pick<From, Key>
