import { leavesBehind } from './leaver.js'

leavesBehind('timer')
