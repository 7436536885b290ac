import { suite } from 'modprove'
import { exporter } from './adapters/exporter.js'
import { framesPromises } from './contract/frames.js'
import { mappingPromises } from './contract/mapping.js'

const { invariants } = exporter
const { modules } = exporter.of(4)
const test = suite('mmap: the life of a mapping', { modules, invariants })

mappingPromises(test, exporter)
framesPromises(test, exporter)
