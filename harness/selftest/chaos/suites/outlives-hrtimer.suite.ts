import { leavesBehind } from './leaver.js'

leavesBehind('hrtimer')
