import t from 'tap'
import { differencesOf as differences } from './index.js'

void t.test('equal readings differ in nothing', t => {
  t.strictSame(differences({ handles: 3, table: 'a\nb' }, { table: 'a\nb', handles: 3 }), [])
  t.end()
})

void t.test('numbers are shown with their change', t => {
  t.strictSame(differences({ handles: 0, pages: 9 }, { handles: 2, pages: 5 }), [
    'handles: 0 before, 2 after (+2)',
    'pages: 9 before, 5 after (-4)',
  ])
  t.end()
})

void t.test('texts are shown by the lines that came and went', t => {
  t.strictSame(differences({ table: 'a\nb\nb' }, { table: 'a\nb\nc' }), ['table:\n- b\n+ c'])
  t.strictSame(differences({ table: 'a\nb' }, { table: 'b\na' }), [
    'table: the same lines in another order',
  ])
  t.end()
})

void t.test('a value that is gone, new or of another type is a breach', t => {
  t.strictSame(differences({ gone: 1, kind: 1 }, { new: 'x', kind: '1' }), [
    'gone: 1 before, absent after',
    'kind: 1 before, 1 after',
    'new: absent before, x after',
  ])
  t.end()
})

void t.test('a long difference is bounded', t => {
  const [difference] = differences({ table: '' }, { table: 'row\n'.repeat(100) })
  t.equal(difference?.split('\n').length, 22)
  t.match(difference, /… 80 lines more$/)
  t.end()
})
