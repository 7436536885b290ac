export {
  loadCatalogue,
  selectKernel,
  type Catalogue,
  type KernelSelection,
  type Series,
} from './catalogue.js'
export { loadFlavours, selectFlavour, type Flavour } from './flavours.js'
export type {
  BootPath,
  BrokenProgram,
  BuiltModule,
  BuiltProgram,
  Initramfs,
  KernelBuild,
  ModuleBuild,
  PayloadFile,
  Work,
} from './types.js'
export { compareVersions, seriesOf } from './version.js'
export { availableSources, downloadSource, type SourcePackage } from './archive.js'
export { allReleases, releasesBetween } from './releases.js'
export { unpackBackportedQemu } from './debian-qemu.js'
export { debianSource } from './debian-source.js'
export type { KernelSource } from './kernel-source.js'
export { selectKernels, selectOneKernel, type ChosenKernel } from './select-kernels.js'
export { kernelKey, requireKernel, type KernelRequest } from './kernel.js'
export { timeStampKhz } from './host-clock.js'
export { requireInitramfs, type InitramfsRequest } from './initramfs.js'
export { requireModule, type ModuleRequest } from './module.js'
export { sourcesOf } from './module-files.js'
export { requirePrograms, type ProgramsRequest } from './programs.js'
export { builtKernels, type BuiltKernel } from './built-kernels.js'
export { requirements, type Requirement } from './requirements.js'
export { dropStored, stored, type Recipe, type Stored } from './store.js'
export { contentKey } from './hash.js'
export { firstPlace } from './compiler-lines.js'
