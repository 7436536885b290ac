import type { FuzzReader } from '../reader.js'
import { kmsgReader } from './kmsg.js'
import { qmpReader } from './qmp.js'
import { splatReader } from './splats.js'
import { tapReader } from './tap.js'

export const readers: readonly FuzzReader[] = [tapReader, kmsgReader, splatReader, qmpReader]
