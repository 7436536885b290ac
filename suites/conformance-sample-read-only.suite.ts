import { suite } from 'modprove'
import { readOnly } from './adapters/samples.js'
import { genericPromises } from './contract/generic.js'

const { invariants } = readOnly
const { modules } = readOnly.of(4)
const test = suite('an exporter of read-only buffers keeps the contract', { modules, invariants })

genericPromises(test, readOnly)
