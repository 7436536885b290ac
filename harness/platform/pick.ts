/** An object of only these fields of another one; fields that it lacks are left out. */
export const pick = <From extends object, Key extends keyof From>(
  from: From,
  ...keys: readonly Key[]
): Pick<From, Key> =>
  Object.fromEntries(
    keys.filter(key => from[key] !== undefined).map(key => [key, from[key]]),
  ) as Pick<From, Key>

/** An object's fields that are defined, which the type then says. */
export const defined = <Fields extends object>(fields: Fields): Defined<Fields> =>
  pick(fields, ...(Object.keys(fields) as (keyof Fields)[])) as Defined<Fields>

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }
