import { PassThrough } from 'node:stream'
import type { ReadStream } from 'node:tty'
import t from 'tap'
import { keysHelp, listenToKeys, type WatchRequest } from './keys.js'

void t.test('bound keys are reported, and the terminal is restored afterwards', async t => {
  const raw: boolean[] = []
  const stdin = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => raw.push(on) })
  const requests: WatchRequest[] = []
  const listening = listenToKeys(stdin as unknown as ReadStream, request => requests.push(request))
  stdin.write('xa\rf')
  stdin.write('\x04')
  await new Promise(resolve => setImmediate(resolve))
  listening[Symbol.dispose]()
  t.same(requests, ['all', 'again', 'failed', 'quit'])
  t.same(raw, [true, false])
  t.equal(stdin.listenerCount('data'), 0)
})

void t.test('each key has a line of help', t => {
  t.match(keysHelp(), /^ {2}a {6}run all suites\n.*^ {2}Enter {2}run the same again\n/ms)
  t.end()
})
