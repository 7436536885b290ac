import { suite } from 'modprove'
import { exporter } from './adapters/exporter.js'
import { passingPromises } from './contract/passing.js'

const { invariants } = exporter
const { modules } = exporter.of(1)
const test = suite('passing the descriptor on', { modules, invariants })

passingPromises(test, exporter)
