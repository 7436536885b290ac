import { availableSources, builtKernels, loadCatalogue, loadFlavours } from '../build/index.js'
import { EXIT } from '../errors.js'
import type { CommandSpec } from './command.js'

interface KernelsOptions {
  refresh?: boolean
}

export const kernelsCommand: CommandSpec<KernelsOptions> = {
  name: 'kernels',
  summary: 'List the catalogue of kernels, what the archive has of each, and what is built.',
  examples: [
    ['modprove kernels', 'from the cached indexes; they are asked for once a day'],
    ['modprove kernels --refresh', 'ask the archive now'],
  ],
  options: {
    refresh: { flags: '--refresh', description: "ask Debian's archive for its indexes now" },
  },
  async run({ options, terminal, signal }) {
    const write = (line: string): void => terminal.print(process.stdout, `${line}\n`)
    const built = await builtKernels()
    for (const series of await loadCatalogue()) {
      const sources = await availableSources(
        series,
        series.suites,
        { signal, progress: terminal },
        { refresh: options.refresh ?? false },
      )
      const releases = [...new Set(sources.map(({ release }) => release))]
      write(`${series.name.padEnd(6)}${series.package}: ${releases.join(' ')}`)
      for (const kernel of built.filter(({ series: name }) => name === series.name)) {
        write(`      built: ${kernel.folder}`)
      }
    }
    write(`flavours: ${(await loadFlavours()).map(({ name }) => name).join(', ')}`)
    return EXIT.passed
  },
}
