import type { KernelModule, ModuleBuild } from '../types.js'

/** A module of the kernel that its guests have. */
export interface ShippedModule extends KernelModule {
  /** The project's modules need it: it is loaded before them. */
  readonly isNeeded: boolean
}

/**
 * The kernel's own modules that guests need: what the project's depend on, and what the
 * configuration asks for by name, in an order in which they load.
 */
export function neededModules(
  { modules }: Pick<ModuleBuild, 'modules'>,
  ofKernel: readonly KernelModule[],
): ShippedModule[] {
  // Those of the kernel's tree are the project's.
  const own = new Set(modules.map(({ name }) => name))
  const others = ofKernel.filter(({ name }) => !own.has(name))
  const known = new Map(others.map(module => [module.name, module]))
  const withDependencies = (names: readonly string[]): ReadonlySet<KernelModule> => {
    const ordered = new Set<KernelModule>()
    const seen = new Set<string>()
    const visit = (name: string): void => {
      const module = known.get(name)
      // What authors say of their modules may go round in a circle.
      if (module === undefined || seen.has(name)) return
      seen.add(name)
      module.depends.forEach(visit)
      ordered.add(module)
    }
    names.forEach(visit)
    return ordered
  }
  const needed = withDependencies(modules.flatMap(({ depends }) => depends))
  const requested = others.filter(({ isRequested }) => isRequested).map(({ name }) => name)
  return [...new Set([...needed, ...withDependencies(requested)])].map(module => ({
    ...module,
    isNeeded: needed.has(module),
  }))
}
