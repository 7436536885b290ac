import { suite } from 'modprove'
import { shared } from './adapters/samples.js'
import { genericPromises } from './contract/generic.js'

const { invariants } = shared
const { modules } = shared.of(4)
const test = suite('an exporter of a buffer shared by all keeps the contract', {
  modules,
  invariants,
})

genericPromises(test, shared)
