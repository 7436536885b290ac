import { suite } from 'modprove'
import { systemHeap } from './adapters/system-heap.js'
import { privatePagePromise } from './contract/contents.js'
import { genericPromises } from './contract/generic.js'

const { invariants } = systemHeap
const needs = { kconfig: ['CONFIG_DMABUF_HEAPS_SYSTEM'] }
const test = suite('the system heap keeps the contract', { invariants, needs })

genericPromises(test, systemHeap)
privatePagePromise(test, systemHeap)
