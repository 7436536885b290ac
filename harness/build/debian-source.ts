import { script } from '../process/script.js'
import { downloadSource, type SourcePackage } from './archive.js'
import type { KernelSource } from './kernel-source.js'
import { unpacked } from './unpacked.js'

/** A kernel from a `linux-source-*` package of Debian's archive. */
export function debianSource(source: SourcePackage): KernelSource {
  const { package: name, version, release, series } = source
  return {
    series: series.name,
    release,
    id: `${name} ${version}`,
    name: version,
    open: work =>
      unpacked(
        {
          name: `${name}-${version}`,
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
