/** The output of zod's schemas, deeply readonly. */
export type Data<T> = T extends readonly (infer Item)[]
  ? readonly Data<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Data<T[Key]> }
    : T
