import t from 'tap'
import { memberLines } from './member-lines.js'

t.test('members of JSON have their lines, in lists of the same fields, too', t => {
  const text = `{
  "suites": ["own", "kunit"],
  "xfail": [
    { "what": "build", "reason": "a: {" },
    {
      "what": "load",
      "reason": "b"
    }
  ]
}`
  const lines = memberLines(text)
  t.equal(lines.get('suites.1'), 2)
  t.equal(lines.get('xfail'), 3)
  t.equal(lines.get('xfail.0.reason'), 4)
  t.equal(lines.get('xfail.1'), 5)
  t.equal(lines.get('xfail.1.reason'), 7)
  t.equal(lines.get('xfail.2'), undefined)
  t.end()
})

t.test('so have literals of a script, below comments and calls', t => {
  const text = `import { defineConfig } from 'modprove'
/* { xfail:
 */
const also = { module: \`a
b\` }
export default defineConfig({
  'module': '.', // a comment: {
  xfail: [{ what: 'test', name: "ring: it's" }, // [
    { what: isNew ? 'load' : 'build' }],
})`
  const lines = memberLines(text)
  t.equal(lines.get('module'), undefined, 'what is written twice is not certain')
  t.equal(lines.get('xfail.0.name'), 8)
  t.equal(lines.get('xfail.1.what'), 9)
  t.end()
})
