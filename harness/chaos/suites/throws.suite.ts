import { suite } from '../../suite.js'

suite('a file that throws when it is imported')

throw new Error('thrown at import')
