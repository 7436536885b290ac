import { suite } from 'modprove'
import { exporter } from './adapters/exporter.js'
import { ioctlPromises } from './contract/ioctl.js'

const { invariants } = exporter
const { modules } = exporter.of(1)
const test = suite('ioctl: descriptors of the buffer', { modules, invariants })

ioctlPromises(test, exporter)
