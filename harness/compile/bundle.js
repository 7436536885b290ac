// @ts-check
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * What becomes JavaScript.
 * @typedef {object} Sources
 * @property {Readonly<Record<string, string>>} entries absolute path of the source of each file that is made
 * @property {Readonly<Record<string, string>>} [elsewhere] names of modules that are not bundled: name → what is imported
 * @property {boolean} [keepsUrls] whether `import.meta` is still about the source; else it is about the file that is made
 */

const IMPORT_META = /\bimport\.meta\b/
/** Builds under way: they share esbuild's process. */
let building = 0

/**
 * Bundles TypeScript with its relative imports; packages stay where they are.
 * @param {Sources} sources
 * @param {string} outdir
 * @returns {Promise<Map<string, Buffer>>} the files that it depends on, with what was read of each
 */
export async function bundle({ entries, elsewhere = {}, keepsUrls = false }, outdir) {
  // Imported first: it is what is missing where no packages are.
  const { transform } = await import('esbuild')
  const compiler = createRequire(import.meta.url).resolve('esbuild/package.json')
  const read = new Map([[compiler, readFileSync(compiler)]])
  /** @type {import('esbuild').Plugin} */
  const reader = {
    name: 'reader',
    setup({ onLoad, onResolve, resolve }) {
      onResolve({ filter: /^file:/ }, ({ path, ...rest }) => resolve(fileURLToPath(path), rest))
      onResolve({ filter: /^\w/ }, ({ path }) => {
        const specifier = elsewhere[path]
        return specifier === undefined ? undefined : { path: specifier, external: true }
      })
      onLoad({ filter: /./, namespace: 'file' }, async ({ path }) => {
        const bytes = readFileSync(path)
        // Read here, so that what is changed meanwhile is not taken for what was compiled.
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
    // A project may say nothing of its modules' format, or something else: the name says it.
    outExtension: { '.js': '.mjs' },
    plugins: [reader],
    bundle: true,
    // One copy of each module, whichever entry begins; what is imported late is loaded late.
    splitting: true,
    packages: 'external',
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
 * What each file imports, itself included, at any depth: static, dynamic and re-exported. Types are none of it, nor packages.
 * @param {readonly string[]} files absolute paths
 * @returns {Promise<Map<string, ReadonlySet<string>>>} file → absolute paths
 * @throws esbuild's BuildFailure when a file does not compile, or imports one that is not there
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
 * Runs esbuild, whose process ends with the last of the builds under way.
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
