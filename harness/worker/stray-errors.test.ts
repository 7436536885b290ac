import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import type { Problem } from '../contract/events.js'

/** In a process of its own: node-tap catches what its own tests throw. */
const script = `
import { setTimeout as pause } from 'node:timers/promises'
import { StrayErrors } from '${new URL('stray-errors.ts', import.meta.url).href}'

const strays = new StrayErrors()
const told = { one: [], two: [] }
const isOver = { one: false, two: false }
const owner = name => error => {
  if (isOver[name]) told[name].push(error.message)
  return isOver[name]
}
await strays.of(owner('one'), async () => {
  setTimeout(() => { throw new Error('a timer of one') }, 20)
  setImmediate(() => setTimeout(async () => { throw new Error('a promise of one') }, 20))
})
isOver.one = true
await strays.of(owner('two'), async () => {
  setTimeout(() => { throw new Error('a timer of two, too early') }, 1)
  await pause(100)
})
isOver.two = true
setTimeout(() => { throw new Error('of nobody') }, 1)
await pause(20)
console.log(JSON.stringify({ told, left: strays.take() }))
`

void t.test('what throws late is reported to the test that started it', async t => {
  const file = join(t.testdir({ 'strays.mts': script }), 'strays.mts')
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file])
  const { told, left } = JSON.parse(stdout) as {
    readonly told: Readonly<Record<string, readonly string[]>>
    readonly left: readonly Problem[]
  }
  t.strictSame(told, { one: ['a timer of one', 'a promise of one'], two: [] })
  t.match(left, [{ kind: 'stray', message: /a timer of two/ }, { message: /of nobody/ }])
  t.equal(left.length, 2)
})
