import { leavesBehind } from './leaver.js'

leavesBehind('entry')
