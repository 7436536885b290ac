/** References to each module that no other module holds. */
export type References = Readonly<Record<string, number>>

const KEPT = 'a file that stays open, a mount, or try_module_get() without module_put()'
const LOST = 'module_put() of a reference that was there before'

/** What a test left, or took, of the references to the modules that are loaded before and after. */
export function referencesLeft(before: References, after: References): string[] {
  return Object.entries(before).flatMap(([module, was]) => {
    const more = (after[module] ?? was) - was
    if (more === 0) return []
    return more > 0
      ? [`${references(more)} to module ${module}: ${KEPT}`]
      : [`${references(-more)} less to module ${module}: ${LOST}`]
  })
}

const references = (count: number): string => `${count} reference${count === 1 ? '' : 's'}`
