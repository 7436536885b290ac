/** A module to load before a test, with parameters as for insmod(8), besides the configuration's. */
export interface ModuleSpec {
  readonly name: string
  readonly parameters?: Readonly<Record<string, string | number>>
}
