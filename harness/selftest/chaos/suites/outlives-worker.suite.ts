import { leavesBehind } from './leaver.js'

leavesBehind('worker')
