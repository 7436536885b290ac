import { stripVTControlCharacters } from 'node:util'

/** Before a kernel message: level, time (also of `dmesg -T`) and caller. */
const LOG = [
  String.raw`<\d{1,3}>`,
  String.raw`\[ {0,8}\d{1,8}\.\d{1,9}\]`,
  String.raw`\[ {0,8}[TC]\d{1,9}\]`,
  String.raw`\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]`,
].join('|')
const PREFIX = new RegExp(String.raw`^(?:${LOG}|\s)+`)
const CONTROLS = new RegExp(String.raw`[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]`, 'g')
/** An escape or a backspace may move to the start of the line. */
const MOVES = new RegExp(String.raw`[\x08\x1b]`, 'g')

/** A line as a terminal shows it, without escapes and the prefixes of kernel messages. */
export const bare = (line: string): string =>
  stripVTControlCharacters(line).replaceAll(CONTROLS, '').replace(PREFIX, '')

/** What a terminal shows of a line, and its parts that overwrite what stood there before. */
export const partsOf = (line: string): string[] =>
  [line, line.replaceAll(MOVES, '\n$&')].flatMap(each => each.split(/[\r\n]/)).map(bare)

/** Width of an indentation: KUnit of 5.10 indents by tabs. */
export const columns = (indentation: string): number =>
  indentation.replaceAll('\t', ' '.repeat(8)).length
