import type { DeclareTest } from 'modprove'
import type { Exporter } from './adapter.js'
import { attachmentPromises } from './attachments.js'
import { contentsPromises } from './contents.js'
import { failurePromises } from './failures.js'
import { framesPromises } from './frames.js'
import { introspectionPromises } from './introspection.js'
import { ioctlPromises } from './ioctl.js'
import { mappingPromises } from './mapping.js'
import { passingPromises } from './passing.js'
import { releasePromises } from './release.js'
import { tablePromises } from './sg-table.js'
import { sizePromises } from './size.js'
import { vmapPromises } from './vmap.js'

/** The contract for every exporter; tests with an importer come last, so that it is loaded once. */
export function genericPromises(test: DeclareTest, exporter: Exporter): void {
  const promises = [
    ioctlPromises,
    passingPromises,
    sizePromises,
    contentsPromises,
    mappingPromises,
    framesPromises,
    introspectionPromises,
    attachmentPromises,
    tablePromises,
    vmapPromises,
    releasePromises,
    failurePromises,
  ]
  for (const declare of promises) declare(test, exporter)
}
