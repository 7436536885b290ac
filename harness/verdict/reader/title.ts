const MAX_INPUT_CHARACTERS = 1000
const MAX_TITLE_CHARACTERS = 160

/**
 * Removes what differs between runs (addresses, PIDs, CPU numbers, times, sizes), so that one bug
 * has one title, like syzbot's titles.
 */
export function stableTitle(text: string): string {
  return text
    .slice(0, MAX_INPUT_CHARACTERS)
    .replace(/\s+/g, ' ')
    .replace(/\b([A-Za-z_][\w.$]*)\+0x[0-9a-f]+(?:\/0x[0-9a-f]+)?/g, '$1')
    .replace(/\[[^\][]{0,200}(?:=| as | with )[^\][]{0,200}\]/g, '')
    .replace(/\b0x[0-9a-f]+\b/gi, 'ADDR')
    .replace(/\b[0-9a-f]{16}\b/gi, 'ADDR')
    .replace(/#\d+/g, '#N')
    .replace(/(?<![\w.])(?!0\b)\d+(?![\w.])/g, 'N')
    .replace(/\bN(?:\.N)?(s|us|ms)\b/g, 'N$1')
    .replace(/ {2,}/g, ' ')
    .trim()
    .replace(/[.!:,;]+$/, '')
    .slice(0, MAX_TITLE_CHARACTERS)
}
