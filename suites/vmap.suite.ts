import { suite } from 'modprove'
import { exporter } from './adapters/exporter.js'
import { withImporter } from './contract/importing.js'
import { vmapPromises } from './contract/vmap.js'

const test = suite('vmap: the buffer as the kernel sees it', {
  ...withImporter(exporter.of(4)),
  invariants: exporter.invariants,
})

vmapPromises(test, exporter)
