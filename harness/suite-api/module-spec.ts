/** A module to load before a test; its parameters go before those of the configuration. */
export interface ModuleSpec {
  readonly name: string
  readonly parameters?: Readonly<Record<string, string | number>>
}

/** How one is written, for messages. */
export const MODULE =
  "an object such as { name: 'ring' }, with parameters: { … } where it takes some"
