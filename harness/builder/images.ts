import { join } from 'node:path'
import { packageRoot } from '../platform/package-root.js'

/** What a machine is made of: catalogue, flavours, Kconfig fragments, guest code. */
export const imagesFolder = join(packageRoot, 'images')
