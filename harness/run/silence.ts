import { scaledHere } from '../deadlines.js'

/** Enough for what a suite's file may do before and between awaits. */
const SILENCE_MS = 60_000
/** In seconds, before it is scaled for this host; for those who try what a blocked worker comes to. */
const SILENCE_VARIABLE = 'MODPROVE_SILENCE_S'

/** Longest a worker may be silent, and a suite's import may take, on this host, in milliseconds. */
export const silenceMs = (): number =>
  scaledHere(Number(process.env[SILENCE_VARIABLE]) * 1000 || SILENCE_MS)
