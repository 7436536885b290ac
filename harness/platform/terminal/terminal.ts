import pc from './colours.js'
import { createLogUpdate } from 'log-update'
import type { Progress, Step } from './progress.js'

const REDRAW_MS = 100
/** Without a terminal, a long wait prints a line this often. */
const PLAIN_EVERY_MS = 30_000

interface Active {
  readonly title: string
  readonly usuallySeconds: number | undefined
  readonly since: number
  detail: string
}

const seconds = (ms: number): string => {
  const whole = Math.round(ms / 1000)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

const describe = (step: Active, now: number): string => {
  const usual =
    step.usuallySeconds === undefined ? '' : `, usually ${seconds(step.usuallySeconds * 1000)}`
  const detail = step.detail === '' ? '' : ` · ${step.detail}`
  return `${step.title} ${pc.dim(`(${seconds(now - step.since)}${usual})`)}${pc.dim(detail)}`
}

/**
 * Shows long work to the user. On a terminal: the running steps, redrawn below the permanent
 * output. Elsewhere: a line after two seconds, one every half minute, and one at the step's end.
 */
export class Terminal implements Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #live: ReturnType<typeof createLogUpdate> | undefined
  readonly #active = new Set<Active>()
  #timer: NodeJS.Timeout | undefined

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
    if (stream.isTTY && process.env['TERM'] !== 'dumb') this.#live = createLogUpdate(stream)
  }

  step(title: string, usuallySeconds?: number): Step {
    const step: Active = { title, usuallySeconds, since: performance.now(), detail: '' }
    this.#active.add(step)
    let plain: NodeJS.Timeout | undefined
    let spoke = false
    if (this.#live === undefined) {
      const speak = (): void => {
        spoke = true
        this.#stream.write(`… ${describe(step, performance.now())}\n`)
        plain = setTimeout(speak, PLAIN_EVERY_MS).unref()
      }
      plain = setTimeout(
        speak,
        usuallySeconds !== undefined && usuallySeconds > 2 ? 0 : 2000,
      ).unref()
    } else {
      this.#timer ??= setInterval(() => this.#draw(), REDRAW_MS).unref()
    }
    const end = (mark: string, summary?: string): void => {
      if (!this.#active.delete(step)) return
      clearTimeout(plain)
      const elapsedMs = performance.now() - step.since
      if (spoke || (this.#live !== undefined && (elapsedMs >= 2000 || summary !== undefined))) {
        const tail = summary === undefined ? '' : ` · ${summary}`
        this.say(`${mark} ${title} ${pc.dim(`(${seconds(elapsedMs)})`)}${pc.dim(tail)}`)
      }
      if (this.#active.size === 0) this.stop()
    }
    return {
      note: detail => (step.detail = detail),
      done: summary => end(pc.green('✓'), summary),
      fail: summary => end(pc.red('✗'), summary),
    }
  }

  say(line: string): void {
    this.#print(this.#stream, `${line}\n`)
  }

  /** Writes to standard output. */
  readonly write = (text: string): void => this.#print(process.stdout, text)

  /** Writes permanently, above the running steps; both streams may be of the same terminal. */
  #print(stream: NodeJS.WritableStream, text: string): void {
    this.#live?.clear()
    stream.write(text)
    if (this.#active.size > 0) this.#draw()
  }

  /** Clears the running steps and shows the cursor. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#live?.clear()
    this.#live?.done()
  }

  #draw(): void {
    const now = performance.now()
    const frame = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'[Math.floor(now / REDRAW_MS) % 10] ?? ''
    const room = Math.max(20, this.#stream.columns - 4)
    const lines = [...this.#active].map(step =>
      `${pc.cyan(frame)} ${describe(step, now)}`.slice(0, room * 2),
    )
    this.#live?.(lines.join('\n'))
  }
}
