import t from 'tap'
import { pageOf } from './page.js'

t.test('no text can end the element that data stands in, nor begin a comment in it', async t => {
  const hostile = ['</script>', '<!--', '<script>', '\u2028', '\u2029', '</SCRIPT x>']
  const page = pageOf({ title: '', script: '', style: '', data: { run: hostile } })
  const [, text = ''] = /id="run">(.*)<\/script>/.exec(page) ?? []
  t.notMatch(text, /[<\u2028\u2029]/)
  t.strictSame(JSON.parse(text), hostile, 'and all of it is there')
})

t.test('the policy lets one script run, and nothing be requested', async t => {
  const page = pageOf({ title: '<b>', script: 'one()', style: 'a{}', data: { run: {} } })
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? ''
  t.match(policy, /default-src 'none'/)
  // sha256 of "one()", by `printf 'one()' | openssl dgst -sha256 -binary | base64`
  t.match(policy, "script-src 'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4='")
  t.notMatch(policy, /unsafe|http/)
  t.match(page, '<title>&lt;b&gt;</title>')
})

t.test('a bundle that would end its own element is refused', async t => {
  const parts = { title: '', style: '', data: {} }
  t.throws(() => pageOf({ ...parts, script: 'x = "</script>"' }), /its own element/)
})
