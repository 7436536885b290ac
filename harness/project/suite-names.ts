import { basename } from 'node:path'
import { didYouMean } from '../platform/names/did-you-mean.js'

/** Kinds of suites, by the name of the file, or by the word in the configuration. */
const KINDS = {
  typescript: /^(.*)\.suite\.ts$/s,
  c: /^(.*)\.suite\.c$/s,
  script: /^(.*)\.suite\.sh$/s,
  kselftest: /^kselftest:(\w[\w.-]*(?:\/\w[\w.-]*)*)$/,
  kunit: /^kunit(?::(\S+))?$/,
} as const satisfies Readonly<Record<string, RegExp>>

type SuiteKind = keyof typeof KINDS

const OF_THE_KERNEL: readonly SuiteKind[] = ['kselftest', 'kunit']

/** A suite by its kind, and what its name says besides: a file's stem, a target, a filter. */
export interface NamedSuite {
  readonly kind: SuiteKind
  /** Empty for `kunit` without a filter. */
  readonly rest: string
}

/** @param word a file's path, `kselftest:TARGET`, `kunit` or `kunit:FILTER` */
export function namedSuite(word: string): NamedSuite | undefined {
  for (const [kind, pattern] of Object.entries(KINDS) as [SuiteKind, RegExp][]) {
    const isOfKernel = OF_THE_KERNEL.includes(kind)
    const found = pattern.exec(isOfKernel ? word : basename(word))
    if (found !== null) return { kind, rest: found[1] ?? '' }
  }
  return undefined
}

/** Whether a word names tests that the kernel's source brings along. */
export const isKernelSuite = (word: string): boolean =>
  OF_THE_KERNEL.some(kind => namedSuite(word)?.kind === kind)

/** What the kernel's own tests need besides their kind. */
const EXAMPLES = { kselftest: 'kselftest:TARGET', kunit: 'kunit' } as const

/** `Did you mean "kunit"? ` of a word that nearly names tests of the kernel's; else empty. */
export function meantOfKernel(word: string): string {
  const [, kind = '', rest = ''] = /^([^:/]*)[:/]?(.*)$/s.exec(word) ?? []
  for (const [name, alone] of Object.entries(EXAMPLES))
    if (didYouMean(kind, [name]) !== '')
      return `Did you mean "${rest === '' ? alone : `${name}:${rest}`}"? `
  return ''
}

export const isCSuite = (file: string): boolean => namedSuite(file)?.kind === 'c'

/** A suite's name in reports and folders: `ring`, `kselftest-drivers-net`. */
export function suiteName({ kind, rest }: NamedSuite): string {
  if (!OF_THE_KERNEL.includes(kind)) return rest
  return [kind, ...(rest === '' ? [] : [rest.replaceAll(/[^\w.*-]+/g, '-')])]
    .join('-')
    .replaceAll('*', '')
    .replace(/-$/, '')
}
