/** A module to load before a test, with the parameters that insmod would take. */
export interface ModuleSpec {
  readonly name: string
  readonly parameters?: Readonly<Record<string, string | number>>
}
