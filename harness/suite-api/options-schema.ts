import { z } from 'zod'
import { someText, textLike } from '../platform/files/checked-json.js'
import { kernelSeries } from '../project/kernel-fields.js'
import { MODULE, type ModuleSpec } from './module-spec.js'
import type { Invariant, Needs, SuiteOptions, TestNeeds, TestOptions } from './registry.js'

/** A schema for each field of a type. Docstrings are the type's: editors see none of a schema. */
type Fields<T> = Readonly<Record<keyof T, z.ZodType>>

const MILLISECONDS = 'milliseconds, more than 0'

const moduleSpec = z.strictObject(
  {
    name: someText(),
    parameters: z
      .record(someText(), z.union([z.string(), z.number()], { error: 'text or a number' }))
      .optional(),
  } satisfies Fields<ModuleSpec>,
  { error: ({ code }) => (code === 'invalid_type' ? MODULE : undefined) },
)

const invariant = z.strictObject({
  name: someText(),
  read: z.custom<Invariant['read']>(value => typeof value === 'function', { error: 'a function' }),
} satisfies Fields<Invariant>)

/**
 * What `suite()` and its tests take, as {@link SuiteOptions} and {@link TestOptions} describe it.
 * @param flavours that exist, where they are known
 */
export function optionsSchemas(flavours: readonly string[] | undefined) {
  const flavour = flavours === undefined ? someText() : z.enum(flavours)
  const ofKernel = {
    flavours: z.array(flavour).optional(),
    kconfig: z.array(textLike(/^CONFIG_\w+$/, 'an option such as CONFIG_PCI')).optional(),
    since: kernelSeries().optional(),
    until: kernelSeries().optional(),
  } satisfies Fields<Needs>
  const ofBoth = {
    modules: z.array(moduleSpec).optional(),
    timeoutMs: z.number({ error: MILLISECONDS }).positive({ error: MILLISECONDS }).optional(),
  } satisfies Fields<Omit<TestOptions, 'needs'>>
  const testAfter = (before: readonly string[]) => {
    const names = before.map(name => JSON.stringify(name)).join(', ')
    const error = `a test before it: ${names || 'there is none'}`
    const needs = {
      ...ofKernel,
      passed: z.array(z.enum(before, { error })).optional(),
    } satisfies Fields<TestNeeds>
    const ofTest = {
      needs: z.strictObject(needs).optional(),
      ...ofBoth,
    } satisfies Fields<TestOptions>
    return z.strictObject(ofTest)
  }
  const ofSuite = {
    needs: z.strictObject(ofKernel).optional(),
    ...ofBoth,
    invariants: z.array(invariant).optional(),
    taints: z.array(textLike(/^[A-Z]$/, 'a letter of tainted-kernels.rst')).optional(),
  } satisfies Fields<SuiteOptions>
  return { suite: z.strictObject(ofSuite), testAfter }
}
