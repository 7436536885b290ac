import { z } from 'zod'
import { someText, textLike } from '../platform/files/checked-json.js'
import { kernelSeries } from '../project/kernel-fields.js'
import type { ModuleSpec } from './module-spec.js'
import type { Invariant, Needs, SuiteOptions, TestNeeds, TestOptions } from './registry.js'

/** A schema for each field of a type. Docstrings are the type's: editors see none of a schema. */
type Fields<T> = Readonly<Record<keyof T, z.ZodType>>

const MODULE = "an object such as { name: 'ring' }, with parameters: { … } where it takes some"
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
 * @param tests names of the suite's
 */
export function optionsSchemas(flavours: readonly string[] | undefined, tests: readonly string[]) {
  const flavour = flavours === undefined ? someText() : z.enum(flavours)
  const ofKernel = {
    flavours: z.array(flavour).optional(),
    kconfig: z.array(textLike(/^CONFIG_\w+$/, 'an option such as CONFIG_PCI')).optional(),
    since: kernelSeries().optional(),
    until: kernelSeries().optional(),
  } satisfies Fields<Needs>
  const needs = z.strictObject({
    ...ofKernel,
    passed: z.array(z.enum(tests)).optional(),
  } satisfies Fields<TestNeeds>)
  const ofTest = {
    needs: needs.optional(),
    modules: z.array(moduleSpec).optional(),
    timeoutMs: z.number({ error: MILLISECONDS }).positive({ error: MILLISECONDS }).optional(),
  } satisfies Fields<TestOptions>
  const ofSuite = {
    ...ofTest,
    needs: z.strictObject(ofKernel).optional(),
    invariants: z.array(invariant).optional(),
    taints: z.array(textLike(/^[A-Z]$/, 'a letter of tainted-kernels.rst')).optional(),
  } satisfies Fields<SuiteOptions>
  return { test: z.strictObject(ofTest), suite: z.strictObject(ofSuite) }
}
