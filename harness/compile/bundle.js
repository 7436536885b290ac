// @ts-check
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * What is compiled.
 * @typedef {object} Sources
 * @property {Readonly<Record<string, string>>} entries output name → absolute path of its source
 * @property {Readonly<Record<string, string>>} [elsewhere] external modules: name → specifier
 * @property {readonly string[]} [inline] packages of many modules, which load faster in one file
 * @property {RegExp} [absent] dynamic imports that fail when they are run
 * @property {boolean} [keepsUrls] whether `import.meta` describes the source instead of the output
 */

const harness = fileURLToPath(new URL('..', import.meta.url))
/** What esbuild's output of a CommonJS package calls for modules of Node. */
const REQUIRE = `import { createRequire as ofNode } from 'node:module'; const require = ofNode(import.meta.url);`
const IMPORT_META = /\bimport\.meta\b/
/** Builds in progress; they share esbuild's process. */
let building = 0

/**
 * Bundles TypeScript with its relative imports; packages stay external.
 * @param {Sources} sources
 * @param {string} outdir
 * @returns {Promise<Map<string, Buffer>>} the files that it depends on, with their contents
 */
export async function bundle(sources, outdir) {
  const { entries, elsewhere = {}, inline = [], absent, keepsUrls = false } = sources
  // First, because it is the package that is missing where none is installed.
  const { transform } = await import('esbuild')
  const compiler = createRequire(import.meta.url).resolve('esbuild/package.json')
  const read = new Map([[compiler, readFileSync(compiler)]])
  /** @type {import('esbuild').Plugin} */
  const reader = {
    name: 'reader',
    setup({ onLoad, onResolve, resolve }) {
      onResolve({ filter: /^file:/ }, ({ path, ...rest }) => resolve(fileURLToPath(path), rest))
      if (absent !== undefined)
        onResolve({ filter: absent }, ({ path, kind }) =>
          kind === 'dynamic-import' ? { path, external: true } : undefined,
        )
      onResolve({ filter: /^[\w@]/ }, ({ path, importer }) => {
        const isOfInline = inline.length > 0 && !importer.startsWith(harness)
        if (inline.includes(path) || isOfInline) return undefined
        return { path: elsewhere[path] ?? path, external: true }
      })
      onLoad({ filter: /./, namespace: 'file' }, async ({ path }) => {
        const bytes = readFileSync(path)
        // Recorded here, so that a later change of the file is noticed.
        read.set(path, bytes)
        const text = bytes.toString()
        if (!keepsUrls || !IMPORT_META.test(text)) return { contents: bytes, loader: 'default' }
        const { code } = await transform(text, {
          loader: path.endsWith('ts') ? 'ts' : 'js',
          define: metaOf(path),
          sourcefile: path,
          sourcemap: 'inline',
        })
        return { contents: code, loader: 'js' }
      })
    },
  }
  await build({
    entryPoints: { ...entries },
    outdir,
    // `.mjs` needs no "type" in the project's package.json.
    outExtension: { '.js': '.mjs' },
    plugins: [reader],
    bundle: true,
    // One copy of each module for all entries; dynamic imports stay separate files.
    splitting: true,
    ...(inline.length === 0 ? {} : { banner: { js: REQUIRE } }),
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'silent',
  })
  return read
}

/**
 * What each file imports, at any depth and with itself: statically, dynamically and by re-export.
 * Without types and packages.
 * @param {readonly string[]} files absolute paths
 * @returns {Promise<Map<string, ReadonlySet<string>>>} file → absolute paths
 * @throws esbuild's BuildFailure when a file does not compile, or imports a missing one
 */
export async function importsOf(files) {
  const { metafile } = await build({
    entryPoints: [...files],
    absWorkingDir: '/',
    outdir: '/nowhere',
    write: false,
    metafile: true,
    bundle: true,
    packages: 'external',
    // A tsconfig.json may say where it is, for editors.
    external: ['modprove'],
    platform: 'node',
    format: 'esm',
    preserveSymlinks: true,
    logLevel: 'silent',
  })
  return new Map(
    files.map(file => {
      const reached = new Set([file])
      for (const path of reached)
        for (const { path: imported, external } of metafile?.inputs[path.slice(1)]?.imports ?? [])
          if (external !== true) reached.add(`/${imported}`)
      return [file, reached]
    }),
  )
}

/**
 * Runs esbuild, whose process ends with the last build in progress.
 * @param {import('esbuild').BuildOptions} options
 */
async function build(options) {
  const esbuild = await import('esbuild')
  building += 1
  try {
    return await esbuild.build(options)
  } finally {
    building -= 1
    if (building === 0) await esbuild.stop()
  }
}

/** @param {string} path */
function metaOf(path) {
  const meta = {
    url: pathToFileURL(path).href,
    filename: path,
    dirname: path.replace(/\/[^/]*$/, ''),
  }
  return Object.fromEntries(
    Object.entries(meta).map(([key, value]) => [`import.meta.${key}`, JSON.stringify(value)]),
  )
}
