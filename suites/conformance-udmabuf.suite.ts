import { suite } from 'modprove'
import { udmabuf } from './adapters/udmabuf.js'
import { genericPromises } from './contract/generic.js'
import { keptMappingPromise } from './contract/kept-mapping.js'
import { pagesPromises } from './contract/pages.js'

const { invariants } = udmabuf
const needs = { kconfig: ['CONFIG_UDMABUF'] }
const test = suite('udmabuf keeps the contract', { invariants, needs })

genericPromises(test, udmabuf)
pagesPromises(test, udmabuf)
keptMappingPromise(test, udmabuf)
