export type { TapPoint } from './level.js'
export { TapReader, type TapResults } from './reader.js'
