import { suite } from 'modprove'
import { fixed } from './adapters/samples.js'
import { genericPromises } from './contract/generic.js'

const { invariants } = fixed
const { modules } = fixed.of(4)
const test = suite('an exporter of buffers of one size keeps the contract', { modules, invariants })

genericPromises(test, fixed)
