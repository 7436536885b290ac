import type { SourceLine, TraceLine } from '../../contract/events.js'

/** `module/ring.c:12` */
export const locationText = ({ file, line }: SourceLine): string => `${file}:${line}`

/** A line of a trace for the user: `ring_open+0x9d/0x155 [ring] module/ring.c:330`. */
export function traceText(line: TraceLine): string {
  if ('stack' in line) return line.stack
  if ('more' in line) return `… ${line.more} more`
  if ('again' in line)
    return `… ${line.again} times the same${line.frames === undefined ? '' : ` ${line.frames} frames`}`
  const { location } = line
  const where = location === undefined ? [] : [locationText(location)]
  if ('note' in line) return [line.note, ...where].join(' ')
  const { function: name, offset, size, module, inline, unreliable } = line
  const offsetText = inline ? ' [inline]' : `+0x${offset.toString(16)}/0x${size.toString(16)}`
  return [
    `${unreliable ? '? ' : ''}${name}${offsetText}`,
    ...(module === undefined ? [] : [`[${module}]`]),
    ...where,
  ].join(' ')
}
