import { requireKernel, type KernelBuild, type Work } from '../../builder/index.js'
import { harnessError } from '../../platform/errors.js'
import { columnsOf } from '../../plan/columns.js'
import { faulty } from './faulty.js'

/** The plain kernel of the faulty module's project, from the common cache or built into it. */
export async function requireLabKernel(kernel: string, work: Work): Promise<KernelBuild> {
  const [column] = await columnsOf(faulty, { kernels: [kernel], flavours: ['plain'] }, work)
  if (column === undefined) throw harnessError('NO_KERNEL', `No kernel is ${kernel}`)
  const { source, flavour } = column
  return requireKernel({ source, flavour, ...work })
}
