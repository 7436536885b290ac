import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readJson } from '../../../platform/files/checked-json.js'
import type { Fault } from '../fault.js'
import type { Lab } from '../lab.js'

/** Written by `suites/restored.suite.ts`. */
const told = z.object({
  facts: z.array(z.string()).describe('a name, a tab and a value'),
  own: z
    .object({ bootId: z.string(), random: z.string() })
    .describe('unique to each machine: random(4)'),
  apartMs: z.number().describe("difference between the guest's clock and the host's"),
})
type Told = z.infer<typeof told>

export const restoredFault: Fault = {
  row: 22,
  name: 'restored',
  fault: 'a machine is restored from another one that was saved',
  expected: 'a test sees what it would see in one that booted; time and randomness are its own',
  make: async lab => {
    const booted = [await tellsOf(lab, '--cold'), await tellsOf(lab, '--cold')] as const
    const restored = [await tellsOf(lab), await tellsOf(lab)] as const
    // Facts that differ between two booted machines are not compared.
    const unsteady = new Set(differences(...booted).map(nameOf))
    for (const [index, machine] of restored.entries()) {
      const differs = differences(booted[0], machine).filter(fact => !unsteady.has(nameOf(fact)))
      lab.check(`machine ${index + 1} is as a booted one`, differs.length === 0, differs.join('\n'))
    }
    const [one, other] = restored
    lab.check('each has a boot of its own', one.own.bootId !== other.own.bootId, one.own.bootId)
    lab.check('and randomness', one.own.random !== other.own.random, one.own.random)
    const apartMs = Math.max(one.apartMs, other.apartMs)
    lab.check('and the time of the host', apartMs < 30_000, `${apartMs} ms`)
    lab.tell(
      `${one.facts.length} facts are those of a booted one, but for ${unsteady.size} that no two share`,
    )
  },
}

async function tellsOf(lab: Lab, ...options: readonly string[]): Promise<Told> {
  const file = join(lab.root, 'told.json')
  await rm(file, { force: true })
  const ended = await lab.run(['run', 'restored', ...options], { env: { TOLD_TO: file } })
  lab.expect(ended, { restored: { tells: 'pass' } })
  const { facts, ...rest } = await readJson(file, told)
  return { ...rest, facts: facts.filter(fact => !MEASURES.test(fact)).map(withoutNumbers) }
}

const LOG = 'log\t'
/** How the kernel calibrates its clock depends on the host's load at boot. */
const MEASURES = /^log\t(?:tsc|sched_clock|clocksource|[Cc]alibrating)\b/
/** Numbers in the log and ports of the session are not compared. */
const COUNTLESS = /^log\t|^environment\tSSH_/
const withoutNumbers = (fact: string): string =>
  COUNTLESS.test(fact) ? fact.replaceAll(/-?\b(0x)?\d[\da-f]*/g, '#') : fact

const nameOf = (fact: string): string =>
  fact.startsWith(LOG) ? fact : fact.slice(0, fact.indexOf('\t'))

/** Free memory varies, and a booted machine's modules came with its initramfs. */
const CLOSE = 0.01
const shapeOf = (fact: string): string => fact.replaceAll(/\d+/g, '#')
const numbersOf = (fact: string): readonly number[] => (fact.match(/\d+/g) ?? []).map(Number)

function areClose(one: readonly number[], other: readonly number[]): boolean {
  return one.every((number, index) => {
    const that = other[index] ?? Number.NaN
    return Math.abs(number - that) <= CLOSE * Math.max(number, that)
  })
}

/** Facts that only one of the two has. */
function differences(one: Told, other: Told): string[] {
  const only = (these: Told, those: Told) => {
    const known = those.facts.map(fact => ({ shape: shapeOf(fact), numbers: numbersOf(fact) }))
    return these.facts.filter(fact => {
      const alike = known.filter(({ shape }) => shape === shapeOf(fact))
      return !alike.some(({ numbers }) => areClose(numbersOf(fact), numbers))
    })
  }
  return [...only(one, other), ...only(other, one)]
}
