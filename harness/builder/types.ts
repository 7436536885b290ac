import type { ModproveError } from '../platform/errors.js'
import type { Progress } from '../platform/terminal/progress.js'
import type { SparseReport } from './modules/sparse.js'

/** Parameters of all long-running work. */
export interface Work {
  /** Aborting it kills running commands and removes partial results. */
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** A part of a kernel that was built as a module (`=m`). */
export interface KernelModule {
  /** As the kernel names it: dashes are underscores. */
  readonly name: string
  /** Stripped of debug information. */
  readonly file: string
  /** Names of modules that are loaded before it. */
  readonly depends: readonly string[]
  /** The configuration asks for it by its option, and not only for one that selects it. */
  readonly isRequested: boolean
}

/** A cached kernel, ready to boot and to build modules against. */
export interface KernelBuild {
  /** `6.1` */
  readonly series: string
  /** `uname -r` as built: `6.1.192`. */
  readonly release: string
  /** The requested flavour; two flavours may share one build. */
  readonly flavour: string
  /** First line of `gcc --version`: `gcc (Debian 12.2.0-14+deb12u1) 12.2.0`. */
  readonly compiler: string
  /** What modules are built with. */
  readonly toolchain: {
    /** The compiler's command: `gcc-14`. */
    readonly cc: string
    /** The folder of its programs; default: the host's. */
    readonly bin?: string
  }
  /** Source package and version: `linux-source-6.1 6.1.192-2`. */
  readonly source: string
  /** Where that is unpacked, while it is kept. */
  readonly sourceTree: string
  /** Identifies all inputs; its folder in the cache: `6.1.192-2-plain-0123456789abcdef`. */
  readonly key: string
  readonly folder: string
  /** What QEMU boots: vmlinux (PVH) or bzImage. */
  readonly image: string
  /** For `make -C tree M=…`. */
  readonly tree: string
  readonly systemMap: string
  /** The kernel's complete configuration. */
  readonly config: string
  readonly modules: readonly KernelModule[]
  /** Names of those that init loads for the machine's devices, in this order. */
  readonly atBoot: readonly string[]
  /** Why no machine boots it. */
  readonly cannotBoot?: ModproveError
}

export interface BuiltModule {
  /** The kernel's name for it: dashes are underscores. */
  readonly name: string
  /** Stripped of debug information, for the guest. */
  readonly ko: string
  /** Names of modules that are loaded before it: the project's, and the kernel's own. */
  readonly depends: readonly string[]
  /** What it says (MODULE_FIRMWARE), or its sources show, that it requests of `/lib/firmware`. */
  readonly firmware: readonly string[]
  /** With DWARF; it names files as {@link ModuleBuild.sources}. */
  readonly debugKo: string
}

/** All modules of a project, built for one kernel. */
export interface ModuleBuild {
  readonly key: string
  /** In an order in which they load. */
  readonly modules: readonly BuiltModule[]
  /** The C files and headers they are built from, generated ones too: `module/driver.c`. */
  readonly sources: readonly string[]
  /** The deleted folder they were compiled below, as in gcov's `.gcda` paths. */
  readonly compiledIn: string
  /**
   * The compiler's notes for gcov (`.gcno`), if the flavour measures coverage: the object file
   * without its ending (`module/driver`) → where they are kept.
   */
  readonly coverageNotes: Readonly<Record<string, string>>
  /** Compiler warnings, with files named as in {@link sources}. */
  readonly warnings: readonly string[]
  /** What sparse says of each folder, if it was asked. */
  readonly sparse: readonly SparseReport[]
}

/** A C program of `suites/`, compiled for the guest. */
export interface BuiltProgram {
  /** File name without `.c`; also in the guest. */
  readonly name: string
  readonly file: string
  /** Shared libraries it needs: host path → path in the guest. */
  readonly libraries: ReadonlyMap<string, string>
}

/** A C program of `suites/` that does not compile. */
export interface BrokenProgram {
  /** File name without `.c`. */
  readonly name: string
  /** `suites/threads.c does not compile` */
  readonly message: string
  /** The compiler's own lines. */
  readonly detail: string
}

/** A file of the payload. */
export interface PayloadFile {
  /** In the guest. */
  readonly path: string
  /** On the host. */
  readonly file: string
  readonly mode: number
}

export interface Initramfs {
  /** For all machines of a kernel: what does not change with the project's modules. */
  readonly base: string
  /** The rest, for one kernel's machines: its modules. */
  readonly payload: readonly PayloadFile[]
  /** Both, for a cold boot. */
  readonly combined: string
  /** Client key in OpenSSH's format, mode 0600. */
  readonly privateKey: string
  /** The guest's host key as in `known_hosts`: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
  /** Identifies the base: equal ids mean equal bytes. */
  readonly baseId: string
}
