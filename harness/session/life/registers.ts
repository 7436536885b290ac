/** What says where a processor is: `CPU#0`, `RSP=…`, `RIP=… RFL=…`, of 32 bits `EIP=…`. */
const TELLING = /^(?:CPU#\d+$|[ER](?:[A-Z]{2}|\d{1,2}) *=)/

/** Of the monitor's `info registers`, the general registers, the instruction and the flags. */
export const tellingRegisters = (registers: string): string =>
  registers
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => TELLING.test(line))
    .join('\n')
