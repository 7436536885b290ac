export { loadCatalogue, selectKernel } from './kernels/catalogue.js'
export { loadFlavours, selectFlavour, type Flavour } from './kernels/flavours.js'
export type {
  BrokenProgram,
  Initramfs,
  KernelBuild,
  KernelModule,
  ModuleBuild,
  PayloadFile,
  Work,
} from './types.js'
export { availableSources, downloadSource, type SourcePackage } from './archive/archive.js'
export { allReleases, releasesBetween } from './archive/releases.js'
export { requirePackage } from './archive/package.js'
export { unpackQemu } from './archive/debian-qemu.js'
export { debianSource } from './archive/debian-source.js'
export type { KernelSource } from './kernels/kernel-source.js'
export { loadDistributions } from './prebuilt/distributions.js'
export { selectKernels, selectOneKernel, type ChosenKernel } from './kernels/select-kernels.js'
export { byCompilers } from './kernels/compiled-by.js'
export { kernelKey, requireKernel } from './kernels/kernel.js'
export { requireHostClock, timeStampKhz } from './image/host-clock.js'
export { requirePackages } from './image/packages.js'
export { requireInitramfs } from './image/initramfs.js'
export { librariesOf } from './image/libraries.js'
export { neededModules, type ShippedModule } from './modules/needed-modules.js'
export { requireModule } from './modules/module.js'
export { parameterNames } from './modules/parameter-names.js'
export { sparseVersion } from './modules/sparse.js'
export { checkpatch, checkpatchOf } from './checkpatch.js'
export { copySources, mayBeSource, moduleContent, sourcesOf } from './modules/module-files.js'
export { requireKselftest, type BrokenKselftest, type Kselftest } from './selftests/kselftest.js'
export { requirePrograms } from './image/programs.js'
export { builtKernels } from './kernels/built-kernels.js'
export { contentKey } from './hash.js'
export { storedKinds } from './store.js'
