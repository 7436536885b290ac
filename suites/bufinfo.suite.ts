import { suite } from 'modprove'
import { exporter } from './adapters/exporter.js'
import { withImporter } from './contract/importing.js'
import { introspectionPromises } from './contract/introspection.js'

const test = suite('fdinfo and bufinfo: what the kernel tells of a buffer', {
  ...withImporter(exporter.of(4)),
  invariants: exporter.invariants,
})

introspectionPromises(test, exporter)
