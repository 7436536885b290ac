export type { TapPoint } from './level.js'
export { TapReader } from './reader.js'
