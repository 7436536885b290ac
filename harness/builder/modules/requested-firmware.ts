/** Calls of include/linux/firmware.h that take a file's name. */
const REQUEST = /\b(?:request_firmware|firmware_request)\w*\s*\(([^;{]*);/g
const TEXT_MACRO = /^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+"([^"\n]+)"/gm

/** Names of firmware that C code requests, as far as they are written in it. */
export function requestedFirmware(code: string): string[] {
  const macros = new Map([...code.matchAll(TEXT_MACRO)].map(([, name, text]) => [name, text]))
  const found = [...code.matchAll(REQUEST)].flatMap(([, words = '']) =>
    [...words.matchAll(/"([^"\n]+)"|\b[A-Za-z_]\w*\b/g)].flatMap(
      ([word, text]) => text ?? macros.get(word) ?? [],
    ),
  )
  return [...new Set(found)].filter(name => !name.includes('%'))
}
