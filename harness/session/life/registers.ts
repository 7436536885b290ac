/** `FPR0=0000000000000000 0000`, `YMM15=…`, `DR1=…`: a vector or debug register. */
const SELDOM_USED = /\b(?:FPR|[XYZ]MM|DR)\d+=([0-9a-f]+(?: [0-9a-f]+)*) ?/g

/** Output of the monitor's `info registers`; vector and debug registers of zero are counted. */
export function withoutZeros(registers: string): string {
  let left = 0
  const lines = registers.split('\n').flatMap(line => {
    const shown = line.replace(SELDOM_USED, (register, value: string) => {
      if (/[^0 ]/.test(value)) return register
      left += 1
      return ''
    })
    return shown.trim() === '' && line.trim() !== '' ? [] : [shown.trimEnd()]
  })
  const text = lines.join('\n').trimEnd()
  return left === 0 ? text : `${text}\n${left} vector and debug registers are zero`
}
