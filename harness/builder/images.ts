import { join } from 'node:path'
import { packageRoot } from '../platform/files/package-root.js'

/** What machines are built from: catalogue, flavours, Kconfig fragments, guest code. */
export const imagesFolder = join(packageRoot, 'images')
