import { suite } from '../../../suite-api/suite.js'

suite('a file that throws when it is imported')

throw new Error('thrown at import')
