import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { isThere } from '../../platform/files/is-there.js'
import { packageRoot } from '../../platform/files/package-root.js'

interface Bundle {
  readonly script: string
  readonly style: string
}

/**
 * The page's script and style, bundled from `app/` for browsers of 2024 and later. A package has
 * the bundle alone.
 */
export async function bundlePage(): Promise<Bundle> {
  const folder = `${packageRoot}/harness/report/page/app/`
  if (!(await isThere(folder)))
    return JSON.parse(await readFile(`${packageRoot}/compiled/page.json`, 'utf8')) as Bundle
  const { outputFiles } = await build({
    entryPoints: { script: `${folder}main.tsx`, style: `${folder}style/main.css` },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'iife',
    charset: 'utf8',
    legalComments: 'none',
    target: ['chrome123', 'firefox121', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
  })
  const text = (extension: string): string =>
    outputFiles.find(({ path }) => path.endsWith(extension))?.text.trim() ?? ''
  return { script: text('.js'), style: text('.css') }
}
