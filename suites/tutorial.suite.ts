import { suite } from 'modprove'
import { exporter, importer, invariants, moduleLines } from './exporter.js'

const test = suite("the tutorial's programs", { modules: [exporter, importer], invariants })

const LINE = 'read from dmabuf mmap: hello world\n'

const programs = [
  ['S5', 'tutorial-ioctl', 'maps a dma-buf got by ioctl, after closing the device'],
  ['S7', 'tutorial-device', 'maps the device itself'],
] as const

for (const [row, program, what] of programs) {
  test(`${row} ${program} ${what}, and prints the line`, async (t, guest) => {
    const { code, stdout, stderr } = await guest.program(program)
    t.strictSame({ code, stdout, stderr }, { code: 0, stdout: LINE, stderr: '' })
    t.strictSame(await moduleLines(guest), ['dmabuf release'])
  })
}

test('the programs can be run again and again, one after the other', async (t, guest) => {
  for (let round = 0; round < 3; round++) {
    for (const [row, program] of programs) {
      t.equal((await guest.program(program)).stdout, LINE, `${row}, round ${round}`)
    }
  }
  t.equal((await moduleLines(guest)).length, 6, 'each released its buffer')
})
