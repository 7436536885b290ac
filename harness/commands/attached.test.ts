import { PassThrough } from 'node:stream'
import t from 'tap'
import type { Guest } from '../guest/index.js'
import { exitStatus, runAttached } from './attached.js'

void t.test('a signal’s status is 128 plus its number, as in sh', t => {
  t.equal(exitStatus({ code: 7, signal: null }), 7)
  t.equal(exitStatus({ code: null, signal: 'KILL' }), 137)
  t.equal(exitStatus({ code: null, signal: 'SEGV' }), 139)
  t.equal(exitStatus({ code: null, signal: 'TERM' }), 143)
  t.equal(exitStatus({ code: null, signal: 'of no name' }), 128)
  t.end()
})

/** A guest whose only program copies its input to its output, and ends when a line says so. */
function toyGuest(): Pick<Guest, 'stream'> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  let end: (exit: { code: number | null; signal: string | null }) => void = () => undefined
  const exited = new Promise<{ code: number | null; signal: string | null }>(resolve => {
    end = resolve
  })
  stdin.on('data', (text: Buffer) => {
    stdout.write(text)
    if (String(text) === 'end\n') end({ code: 3, signal: null })
  })
  stdin.on('end', () => end({ code: 0, signal: null }))
  return {
    stream: () => Promise.resolve({ stdin, stdout, stderr, exited, kill: () => Promise.resolve() }),
  }
}

const streams = () => ({
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
})

void t.test('the end of standard input is the end of the program', async t => {
  const local = streams()
  const status = runAttached(toyGuest(), 'cat', local)
  local.stdin.end('hello\n')
  t.equal(await status, 0)
  t.equal(String(local.stdout.read()), 'hello\n')
})

void t.test('a program that exits first releases an input that does not end', async t => {
  const local = streams()
  const status = runAttached(toyGuest(), 'cat', local)
  local.stdin.write('end\n')
  t.equal(await status, 3)
  t.ok(local.stdin.destroyed, 'nothing keeps this process')
})
