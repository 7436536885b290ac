import { events } from '../contract/event-schema.js'
import { SCHEMA } from '../contract/events.js'
import { faultsOf } from '../platform/checked-json.js'

/** Why a parsed line is no event that can be relied on; undefined when it is one, or of a type that is passed over. */
export function faultOfEvent(value: unknown): string | undefined {
  const { type, schema } = (value ?? {}) as Readonly<Record<string, unknown>>
  if (typeof type !== 'string') return 'has no type'
  if (!isKnown(type)) return undefined
  // Of other shapes than these; whoever reads on refuses it by its number.
  if (typeof schema === 'number' && schema !== SCHEMA) return undefined
  const faults = faultsOf(events[type], value)
  return faults.length === 0 ? undefined : `is no ${type}: ${faults.join('; ')}`
}

const isKnown = (type: string): type is keyof typeof events => Object.hasOwn(events, type)
