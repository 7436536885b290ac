import t from 'tap'
import { parseStat } from './stat.js'

const fieldsAfter = 'S 2 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 3 0 777 0 0 18446744073709551615'

void t.test('a process is read, whatever its name holds', async t => {
  for (const name of ['sh', 'a) R 1 (\n', '', 'kworker/R-ring', ') (']) {
    t.strictSame(parseStat(`42 (${name}) ${fieldsAfter}\n`), {
      pid: 42,
      name,
      state: 'S',
      parent: 2,
      flags: 0x208040,
      threads: 3,
      startTicks: 777,
    })
  }
})

void t.test('what is no process is none', async t => {
  for (const text of ['', 'x', '42', '42 (sh', `(sh) ${fieldsAfter}`])
    t.equal(parseStat(text), undefined)
})
