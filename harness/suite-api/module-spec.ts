/** A module to load before a test; its parameters go before those of the configuration. */
export interface ModuleSpec {
  readonly name: string
  readonly parameters?: Readonly<Record<string, string | number>>
}
