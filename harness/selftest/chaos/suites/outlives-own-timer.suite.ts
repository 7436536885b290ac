import { leavesBehind } from './leaver.js'

leavesBehind('own-timer')
