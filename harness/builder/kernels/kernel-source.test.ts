import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { withSource, type KernelSource } from './kernel-source.js'

process.env['MODPROVE_CACHE'] = t.testdir()

void t.test('one that waits for the source says what for, and for whom', async t => {
  const said: string[] = []
  const source = { open: () => Promise.resolve({}) } as unknown as KernelSource
  const use = (kernel: string, act: () => Promise<void>, say: (line: string) => void) => {
    const work = { signal: new AbortController().signal, progress: { ...silent, say } }
    return withSource(source, `building kernel ${kernel}`, act, work)
  }
  const ignore = () => undefined
  const done = () => Promise.resolve()
  // The second waits inside the first, which ends when that is said.
  let second = done()
  const first = () =>
    new Promise<void>(resolve => {
      second = use('7.3 debug', done, line => {
        said.push(line)
        resolve()
      })
    })
  await use('7.3 plain', first, ignore)
  await second
  const held = `process ${process.pid} (building kernel 7.3 plain)`
  t.match(said, [`Waiting for ${held}, before building kernel 7.3 debug: `])
})
