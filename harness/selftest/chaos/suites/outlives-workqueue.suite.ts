import { leavesBehind } from './leaver.js'

leavesBehind('workqueue')
