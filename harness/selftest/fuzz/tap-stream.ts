import { pick, type Random } from './random.js'

const NAMES = ['', 'a', '- b', 'a test of something', 'x # y', 'back \\\\ slash \\# hash', 'ümläut']
const DIRECTIVES = [' # SKIP', ' # skip no device', ' # TODO', ' # todo not yet', ' # Skipped: why']
const NOISE = ['# a comment', 'some text', '', 'okay', 'ok1', '#', 'Bail out', 'notok 3', '1...2']

/**
 * Generates a mostly valid TAP 13 or 14 stream: plans, subtests of four spaces, directives, YAML,
 * noise. Nothing follows a plan at the end, because node-tap's parser ignores it.
 */
export function tapStream(random: Random): string {
  const lines = [...(random(4) > 0 ? [`TAP version ${13 + random(2)}`] : []), ...level(random, 0)]
  return lines.map(line => `${line}\n`).join('')
}

function level(random: Random, depth: number): string[] {
  const tests = random(5)
  const lines: string[] = []
  const said = random(12) === 0 && tests > 0 ? 1 + random(6) : tests
  const plan = `1..${said}${said === 0 && random(2) === 0 ? ' # SKIP no device' : ''}`
  const where = tests === 0 ? 5 : random(12)
  if (where > 4) lines.push(plan)
  for (let number = 1; number <= tests; number += 1) {
    if (random(6) === 0) lines.push(pick(NOISE, random))
    const name = pick(NAMES, random)
    if (depth < 3 && random(6) === 0) {
      const named = random(3)
      if (named === 0) lines.push(`# Subtest: ${name}`)
      if (named === 1) lines.push(`    # Subtest: ${name}`)
      lines.push(...level(random, depth + 1).map(line => `    ${line}`))
    }
    const not = random(6) === 0 ? 'not ' : ''
    const shown = random(4) === 0 ? '' : ` ${random(15) === 0 ? random(7) : number}`
    const directive = random(5) === 0 ? pick(DIRECTIVES, random) : ''
    lines.push(`${not}ok${shown}${name === '' ? '' : ` ${name}`}${directive}`)
    if (random(8) === 0) lines.push('  ---', '  message: why', '  ...')
  }
  if (where > 0 && where <= 4) lines.push(plan)
  if (random(40) === 0 && where > 4 && said > 0) lines.push('Bail out! no more')
  return lines
}
