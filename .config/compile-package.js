import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle } from '../harness/compile/bundle.js'
import { COMPILED, harnessSources } from '../harness/compile/harness.js'
import { bundlePage } from '../harness/report/page/bundle.ts'

/** Compiles what a package starts with; a clone compiles it at its first start. */
await rm(COMPILED, { recursive: true, force: true })
const { entries, ...rest } = harnessSources()
const { main, worker, suite } = entries
await bundle({ entries: { main, worker, suite }, absent: /\/selftest\//, ...rest }, COMPILED)
await writeFile(join(COMPILED, 'page.json'), JSON.stringify(await bundlePage()))
