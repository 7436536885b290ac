/** What make and Kbuild say about their own steps: `  CC [M]  fs/inode.o`, `make[2]: Entering …`. */
const STEP = /^ {2}[A-Z][A-Z0-9_]*( \[M\])? +\S/
const MAKE = /^make(\[\d+\])?: (Entering|Leaving|Nothing to be done|warning: jobserver)/
const LONGEST_LINES = 60

/** What is left of a build's output without its steps: the tools' own lines, at most the last sixty. */
export function toolLines(output: string): string {
  const lines = output
    .split('\n')
    .filter(line => line !== '' && !STEP.test(line) && !MAKE.test(line))
  return lines.slice(-LONGEST_LINES).join('\n')
}

/** gcc's and modpost's warnings in a build's output, each with the lines that belong to it. */
export function warningsOf(output: string): readonly string[] {
  const warnings: string[] = []
  let current: string[] | undefined
  const end = () => {
    if (current) warnings.push(current.join('\n'))
    current = undefined
  }
  for (const line of toolLinesOf(output)) {
    if (/\bwarning: |^WARNING: /.test(line)) {
      end()
      current = [line]
    } else if (current && /^\s|^[^:]+: (note|In function)/.test(line)) {
      current.push(line)
    } else {
      end()
    }
  }
  end()
  return warnings
}

const toolLinesOf = (output: string): readonly string[] =>
  output.split('\n').filter(line => line === '' || !(STEP.test(line) || MAKE.test(line)))

/** Counts the steps of a build that produce an object, as its output arrives in pieces. */
export class StepCounter {
  objects = 0
  /** The last step: `CC fs/inode.o`. */
  last = ''
  #rest = ''

  add(piece: string): void {
    const lines = (this.#rest + piece).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!STEP.test(line)) continue
      this.last = line.trim().replace(/ +/g, ' ')
      if (/\.o$/.test(line)) this.objects++
    }
  }
}
