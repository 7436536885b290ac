import { interruption } from './interruption.js'
import { Terminal } from '../platform/terminal/terminal.js'

const signal = interruption(new Terminal(process.stderr))
const going = setInterval(() => undefined, 1000)
signal.addEventListener('abort', () => {
  clearInterval(going)
  process.exitCode = 130
})
process.stdout.write(`pid ${process.pid}\n`)
