import { leavesBehind } from './leaver.js'

leavesBehind('thread')
