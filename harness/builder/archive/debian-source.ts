import { script } from '../../platform/process/script.js'
import { downloadSource, type SourcePackage } from './archive.js'
import type { KernelSource } from '../kernels/kernel-source.js'
import { unpacked, unpackedTree } from './unpacked.js'

/** A kernel from a `linux-source-*` package of Debian's archive. */
export function debianSource(source: SourcePackage): KernelSource {
  const { package: name, version, release, series } = source
  const unpackedName = `${name}-${version}`
  return {
    series: series.name,
    release,
    id: `${name} ${version}`,
    name: version,
    tree: unpackedTree(unpackedName),
    open: work =>
      unpacked(
        {
          name: unpackedName,
          fetch: work => downloadSource(source, work),
          unpack: (deb, into, signal) =>
            script({
              cwd: into,
              signal,
            })`dpkg-deb --fsys-tarfile ${deb} | tar -xO ./usr/src/${name}.tar.xz | tar -xJ --strip-components=1`,
        },
        work,
      ),
  }
}
