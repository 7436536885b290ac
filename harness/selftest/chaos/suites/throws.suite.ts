import { suite } from 'modprove'

suite('a file that throws when it is imported')

throw new Error('thrown at import')
