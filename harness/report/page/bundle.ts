import { build } from 'esbuild'
import { packageRoot } from '../../platform/files/package-root.js'

/** The page's script and style, bundled from `app/` for browsers of 2024 and later. */
export async function bundlePage(): Promise<{ readonly script: string; readonly style: string }> {
  const folder = `${packageRoot}/harness/report/page/app/`
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
