import { interruption } from './interruption.js'
import { Terminal } from './terminal.js'

const signal = interruption(new Terminal(process.stderr))
const going = setInterval(() => undefined, 1000)
signal.addEventListener('abort', () => {
  process.exitCode = 130
  // What comes of a write is told after it.
  process.stderr.write('stopping\n', () => setImmediate(() => clearInterval(going)))
})
process.stdout.write(`pid ${process.pid}\n`)
