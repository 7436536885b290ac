import t from 'tap'
import { FindingReader } from '../index.js'

/** Counts runs of regular expressions during `work`, and the characters they read. */
function counting(work: () => void): { runs: number; characters: number } {
  const count = { runs: 0, characters: 0 }
  const original = Reflect.getOwnPropertyDescriptor(RegExp.prototype, 'exec')
  const exec = original?.value as (this: RegExp, text: string) => RegExpExecArray | null
  RegExp.prototype.exec = function (text) {
    count.runs++
    count.characters += text.length
    return exec.call(this, text)
  }
  try {
    work()
  } finally {
    RegExp.prototype.exec = exec
  }
  return count
}

void t.test('twice the log is twice the work, and no line costs more than a bound', t => {
  const lines: readonly (readonly [string, string])[] = [
    ['ordinary lines', 'ring_test: pushed 12 of 13 items'],
    ['headlines', 'BUG: KASAN: use-after-free in f+0x1/0x2'],
    ['openings', '------------[ cut here ]------------'],
    ['rules', '='.repeat(1000)],
    ['frames', ` ${'a'.repeat(190)}+0x1/0x2 [m]`],
    ['lines that are almost frames', ` ${'a'.repeat(900)}`],
    ['lines that are almost headlines', `BUG: KASAN: ${'in '.repeat(300)}`],
    ['preludes', 'page:0 refcount:0'],
  ]
  for (const [name, text] of lines) {
    const cost = (records: number): { runs: number; characters: number } =>
      counting(() => {
        const reader = new FindingReader([{ name: 'faulty', sources: ['module/faulty.c'] }])
        for (let sequence = 0; sequence < records; sequence++)
          reader.push({ sequence, timeUs: sequence, level: 4, facility: 0, caller: 'T1', text })
        reader.end()
      })
    const [once, twice] = [cost(2000), cost(4000)]
    t.ok(twice.runs <= 2.1 * once.runs, `${name}: ${once.runs} runs, then ${twice.runs}`)
    t.ok(once.runs / 2000 < 120, `${name}: ${once.runs / 2000} runs a line`)
    t.ok(once.characters / 2000 < 40 * 1000, `${name}: ${once.characters / 2000} characters a line`)
  }
  t.end()
})
