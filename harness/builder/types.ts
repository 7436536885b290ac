import type { Progress } from '../platform/progress.js'

/** What every long piece of work in `build/` takes. */
export interface Work {
  /** Aborting it ends the work: running commands are killed, nothing half-made is kept. */
  readonly signal: AbortSignal
  readonly progress: Progress
}

export type BootPath = 'pvh' | 'bzimage'

/** A kernel of the cache, ready to boot and to build modules against. */
export interface KernelBuild {
  /** `6.1` */
  readonly series: string
  /** `uname -r` as built: `6.1.192`. */
  readonly release: string
  /** The flavour that was asked for; two flavours may share one build. */
  readonly flavour: string
  readonly arch: 'x86_64'
  /** First line of `gcc --version`: `gcc (Debian 12.2.0-14+deb12u1) 12.2.0`. */
  readonly compiler: string
  /** Source package and version: `linux-source-6.1 6.1.192-2`. */
  readonly source: string
  /** Where that is unpacked, as long as it is. */
  readonly sourceTree: string
  /** Names all that went in, and the folder in the cache: `6.1.192-2-plain-0123456789abcdef`. */
  readonly key: string
  readonly folder: string
  /** What QEMU boots: vmlinux (PVH) or bzImage. */
  readonly image: string
  readonly bootPath: BootPath
  /** For `make -C tree M=…`. */
  readonly tree: string
  readonly systemMap: string
  /** The complete configuration the kernel was built with. */
  readonly config: string
  /** All of make's output when it was built. */
  readonly log: string
  /** How long its build took, in seconds of wall time. */
  readonly buildSeconds: number
}

export interface BuiltModule {
  /** As the kernel names it: dashes are underscores. */
  readonly name: string
  /** Stripped of debug information, for the guest. */
  readonly ko: string
  /** With DWARF, whose paths begin with {@link ModuleBuild.sourcePrefix}. */
  readonly debugKo: string
}

/** All modules of one folder, built for one kernel. */
export interface ModuleBuild {
  readonly key: string
  readonly folder: string
  /** In the order to insert them: Kbuild's `modules.order`. */
  readonly modules: readonly BuiltModule[]
  /** What DWARF and `__FILE__` call the module's folder: `module/` → `module/driver.c:42`. */
  readonly sourcePrefix: string
  /** The folder it was compiled in, as gcov's `.gcda` paths name it. Gone by now. */
  readonly compiledIn: string
  /** The compiler's notes for gcov (`.gcno`), when the flavour measures coverage. */
  readonly coverageNotes: readonly string[]
  readonly vermagic: string
  /** The compiler's warnings, one string each, with paths relative to the module's folder. */
  readonly warnings: readonly string[]
}

/** A C program of `suites/`, compiled to run in the guest. */
export interface BuiltProgram {
  /** File name without `.c`, and its name in the guest's `/lib/modprove/bin`. */
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
  /** What every machine has, the suites' programs among it; the same for every kernel. */
  readonly base: string
  /** What one kernel's machines have besides: its modules. */
  readonly payload: readonly PayloadFile[]
  /** Both, for a cold boot. */
  readonly combined: string
  /** Client key in OpenSSH's format, mode 0600. */
  readonly privateKey: string
  /** The guest's host key as in `known_hosts`: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
  /** Names base and payload. */
  readonly id: string
  /** Names the base alone: the same id, the same bytes. */
  readonly baseId: string
}
