import { join } from 'node:path'
import { checkoutRoot } from '../platform/paths.js'

/** What a machine is made of: catalogue, flavours, Kconfig fragments, guest code. */
export const imagesFolder = join(checkoutRoot, 'images')
