import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from './package-root.js'

void t.test('the package is where package.json stands', t => {
  t.ok(existsSync(join(packageRoot, 'package.json')))
  t.end()
})
