import { join } from 'node:path'
import t from 'tap'
import { isText, loadReasonList } from './reason-list.js'

const form = {
  holds: '{"reason"}, a text',
  read: ({ reason }: Readonly<Record<string, unknown>>) =>
    isText(reason) ? { reason } : 'lacks a reason',
}
const listOf = (text: string): string => join(t.testdir({ 'why.json': text }), 'why.json')

t.test('each entry is read, in order, and none is needed', async t => {
  t.strictSame(await loadReasonList(listOf('[{"reason": "a"}, {"reason": "b"}]'), form), [
    { reason: 'a' },
    { reason: 'b' },
  ])
  t.strictSame(await loadReasonList(join(t.testdirName, 'absent'), form), [])
})

t.test('another form names the file, the entry and what belongs there', async t => {
  for (const [text, message] of [
    ['[{', /why\.json: /],
    ['{}', /why\.json: is no list/],
    ['[{"reason": "a"}, {"reason": " "}]', /entry 2 lacks a reason/],
    ['[null]', /entry 1 lacks a reason/],
    ['[7]', /entry 1 lacks a reason/],
  ] as const) {
    await t.rejects(loadReasonList(listOf(text), form), {
      code: 'CONFIGURATION',
      exitCode: 2,
      message,
      remedy: 'It holds a list of {"reason"}, a text',
    })
  }
})

t.test('a list that cannot be read is not taken for none', async t => {
  await t.rejects(loadReasonList(t.testdir({}), form), { code: 'EISDIR' })
})
