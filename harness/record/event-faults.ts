import { events } from '../contract/event-schema.js'
import { SCHEMA } from '../contract/events.js'
import { faultsOf } from '../platform/checked-json.js'

/** Why a parsed line is not a valid event; undefined if it is, or if its type is ignored. */
export function faultOfEvent(value: unknown): string | undefined {
  const { type, schema } = (value ?? {}) as Readonly<Record<string, unknown>>
  if (typeof type !== 'string') return 'has no type'
  if (!isKnown(type)) return undefined
  // The reader refuses a start with another schema by its number.
  if (typeof schema === 'number' && schema !== SCHEMA) return undefined
  const faults = faultsOf(events[type], value)
  return faults.length === 0 ? undefined : `is no ${type}: ${faults.join('; ')}`
}

const isKnown = (type: string): type is keyof typeof events => Object.hasOwn(events, type)
