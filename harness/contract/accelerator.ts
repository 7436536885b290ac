/** What executes a guest's code: the host's processors, or QEMU's emulation. */
export type Accelerator = 'kvm' | 'tcg'

/** What a user asks for: `auto` is KVM where it runs guests. */
export type AcceleratorRequest = 'auto' | Accelerator
