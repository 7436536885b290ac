export type { TapPoint } from './level.js'
export type { TapResults } from './line-reader.js'
export { TapReader } from './reader.js'
