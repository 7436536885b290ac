import { mutateBytes, mutateLines } from '../mutate.js'
import { samplesIn } from '../corpus.js'
import { pick, type Random } from '../random.js'
import type { FuzzCase, FuzzReader } from '../reader.js'
import { ownOpinion, tapParserOpinion } from '../tap-oracle.js'
import { tapStream } from '../tap-stream.js'
import { whyNoPass } from '../tap-no-pass.js'

const MAX_PROBLEMS = 21
/** One case in so many starts from a generated stream instead of a real one. */
const GENERATED = 5

const samples = [
  ...samplesIn('tap/testdata', '.tap'),
  ...samplesIn('selftest/fuzz/corpus', '.tap'),
].map(splitLines)
const every = samples.flat()
/** Streams that fail without their passed tests: a top-level test fails or is missing. */
const failing = samples.filter(lines => lines.some(isTopFailure) || isShort(lines))
/** Streams that pass and have a plan. */
const passing = samples.filter(
  lines => lines.some(line => /^1\.\.[1-9]/.test(line)) && ownOpinion(textOf(lines)).ok,
)

function splitLines(text: string): string[] {
  return text.split('\n').slice(0, -1)
}

function textOf(lines: readonly string[]): string {
  return lines.map(line => `${line}\n`).join('')
}

const isTop = (line: string): boolean => /^(?:not )?ok\b|^\d+\.\.\d/.test(line)

function isTopFailure(line: string): boolean {
  return /^not ok\b/.test(line) && !line.includes('#')
}

/** Whether it has fewer tests than its leading plan. */
function isShort(lines: readonly string[]): boolean {
  const [, planned] = /^1\.\.(\d+)$/.exec(lines.find(line => /^\d+\.\./.test(line)) ?? '') ?? []
  return Number(planned) > lines.filter(line => /^(?:not )?ok\b/.test(line)).length
}

export const tapReader: FuzzReader = {
  name: 'tap',
  reads: 'TAP and KTAP of programs',
  make: random => {
    const way = random(4)
    if (way === 0) return spoiledPass(random)
    if (way === 1) return disturbedFailure(random)
    const base = random(GENERATED) === 0 ? splitLines(tapStream(random)) : pick(samples, random)
    return { input: mutateBytes(Buffer.from(textOf(mutateLines(base, every, random))), random) }
  },
  check: ({ input, mustFail }) => {
    const own = ownOpinion(input, 1 + (input.length % 4096))
    if (own.problems.length > MAX_PROBLEMS) return `${own.problems.length} problems are reported`
    if (!own.ok) return undefined
    if (mustFail !== undefined) return `a false pass: ${mustFail}`
    const text = input.toString('utf8')
    const why = whyNoPass(text)
    if (why !== undefined) return `a false pass: ${why}`
    const bare = text.replaceAll(COMMENT, '').replaceAll(PLAN, '$1')
    const isComparable = isPlain(text) && !skipsALevel(bare) && own.count > 0
    if (isComparable && !tapParserOpinion(bare).ok)
      return "a false pass: node-tap's parser does not believe it"
    return undefined
  },
}

/** Comments, which our parser ignores; node-tap's reads `# Subtest`, which may have moved. */
const COMMENT = /^ *#[^\n]*\n/gm

/** Spaces after a plan, which the kernel's own reader of KTAP takes, too. */
const PLAN = /^( *\d+\.\.\d+)\s+$/gm

/** Without KTAP, pragmas and lone carriage returns, on which parsers differ. */
const isPlain = (text: string): boolean =>
  !/KTAP|\r|^# Totals:|XFAIL|^\s*pragma|^( {4})* {1,3}\S/im.test(text)

/** A passing stream that lost a test or its end, or gained a failure. */
function spoiledPass(random: Random): FuzzCase {
  const lines = [...pick(passing, random)]
  const tests = lines.flatMap((line, index) => (/^ok\b/.test(line) ? [index] : []))
  const at = pick(tests, random)
  const text = textOf(lines)
  switch (random(4)) {
    case 0:
      lines.splice(at, 1)
      return { input: Buffer.from(textOf(lines)), mustFail: `line ${at + 1}, a test, is dropped` }
    case 1: {
      // Only cuts before the end of the last test lose anything.
      const last = textOf(lines.slice(0, (lines.findLastIndex(isTop) ?? 0) + 1))
      const length = random(Buffer.byteLength(last))
      const input = Buffer.from(text).subarray(0, length)
      return { input, mustFail: `it is cut off after ${length} bytes` }
    }
    case 2:
      lines[at] = `not ${(lines[at] ?? '').replace(/ #.*/, '')}`
      return { input: Buffer.from(textOf(lines)), mustFail: `line ${at + 1}, a test, fails` }
    default:
      lines.splice(at, 0, lines[at] ?? '')
      return { input: Buffer.from(textOf(lines)), mustFail: `line ${at + 1}, a test, is doubled` }
  }
}

/** A failing stream whose passed tests are dropped, cut or altered. */
function disturbedFailure(random: Random): FuzzCase {
  const lines = [...pick(failing, random)]
  const done: string[] = []
  for (let times = 1 + random(6); times > 0; times -= 1) {
    const tests = lines.flatMap((line, index) => (/^ *ok\b/.test(line) ? [index] : []))
    if (tests.length === 0) break
    const at = pick(tests, random)
    const line = lines[at] ?? ''
    const cut = random(line.length + 1)
    const other = pick(every, random)
    const changes: readonly (readonly [string, () => void])[] = [
      ['dropped', () => lines.splice(at, 1)],
      ['cut', () => (lines[at] = line.slice(0, cut))],
      ['altered', () => (lines[at] = line.replace(/\d+/, String(random(9))))],
      [
        'altered',
        () => (lines[at] = `${line.slice(0, cut)}${other.slice(random(other.length + 1))}`),
      ],
      [
        'altered',
        () => (lines[at] = `${line} # ${pick(['SKIP', 'TODO', 'XFAIL', 'time=1ms'], random)}`),
      ],
    ]
    // An addition to a stream that lacks a test could be the missing one.
    const [how, change] = pick(changes, random)
    change()
    done.push(`line ${at + 1} ${how}`)
  }
  return { input: Buffer.from(textOf(lines)), mustFail: `it failed, and ${done.join(', ')}` }
}

/** Whether a line is indented by more than one level deeper than its predecessor: KTAP only. */
function skipsALevel(text: string): boolean {
  const depths = text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => line.search(/\S/))
  return depths.some((depth, index) => depth > (depths[index - 1] ?? 0) + 4)
}
