/** What says where a processor is: `CPU#0`, `RSP=…`, `RIP=… RFL=…`, of 32 bits `EIP=…`. */
const TELLING = /^(?:CPU#\d+$|[ER](?:[A-Z]{2}|\d{1,2}) *=)/

/** One processor's; a single one may have no heading. */
const PROCESSOR = /^(?=CPU#\d+$)/m
/** It waits for an interrupt, with interrupts on (bit 9 of the flags), and says nothing more. */
const IDLE = /\b[ER]FL=[0-9a-f]{5}[2367abef][0-9a-f]{2} .*\bHLT=1/

/**
 * Of the monitor's `info registers`, the general registers, the instruction and the flags of each
 * processor that is not idle.
 */
export const tellingRegisters = (registers: string): string =>
  registers
    .split(PROCESSOR)
    .filter(text => !IDLE.test(text))
    .flatMap(text => text.split('\n'))
    .map(line => line.trimEnd())
    .filter(line => TELLING.test(line))
    .join('\n')
