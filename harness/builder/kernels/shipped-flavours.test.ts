import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { shippedFlavours } from './shipped-flavours.js'

const folder = t.testdir()
await mkdir(join(folder, 'config'))
await writeFile(join(folder, 'config/base.config'), '')
const load = async (content: unknown) => {
  await writeFile(join(folder, 'flavours.json'), JSON.stringify(content))
  return shippedFlavours(join(folder, 'flavours.json'), join(folder, 'config'))
}
const plain = {
  fragments: ['base.config'],
  boot: 'pvh',
  memoryMiB: 256,
  cpus: 1,
  append: [],
  notes: 'small',
}

void t.test('the shipped flavours are well-formed', async t => {
  const named = async (name: string) => (await shippedFlavours()).find(each => each.name === name)
  t.match(await named('plain'), { kernel: 'plain', bootPath: 'pvh', coverage: false })
  t.match(await named('debug'), { kernel: 'debug', bootPath: 'bzimage', coverage: true })
})

void t.test('a flavour may boot another flavour’s kernel with other parameters', async t => {
  const parametersOnly = {
    kernel: 'plain',
    memoryMiB: 512,
    cpus: 2,
    append: ['swiotlb=force'],
    notes: 'bounce buffers',
  }
  const flavours = await load({ plain, bounce: parametersOnly })
  t.match(flavours[1], {
    name: 'bounce',
    kernel: 'plain',
    fragments: ['base.config'],
    bootPath: 'pvh',
    memoryMiB: 512,
    append: ['swiotlb=force'],
  })
  await t.rejects(load({ plain, bounce: { ...plain, ...parametersOnly } }), {
    message:
      /bounce\.fragments should be absent: its kernel is plain's.*\n.*bounce\.boot should be absent/,
  })
  await t.rejects(load({ bounce: parametersOnly }), { message: /a flavour listed before it/ })
})

void t.test('a malformed flavour is refused with its place', async t => {
  const cases: [unknown, RegExp][] = [
    [{ Plain: plain }, /the key of Plain should be lower-case/],
    [
      { plain: { ...plain, memoryMiB: '256' } },
      /plain\.memoryMiB should be a positive integer, got "256"/,
    ],
    [{ plain: { ...plain, boot: 'bios' } }, /plain\.boot should be "pvh" or "bzimage"/],
    [
      { plain: { ...plain, append: ['two words'] } },
      /plain\.append\[0\] should be one kernel parameter/,
    ],
    [
      { plain: { ...plain, fragments: ['race.config'] } },
      /files of images\/config, got "race\.config"/,
    ],
    [
      { plain: { ...plain, memoryMib: 256, cpus: 0, kernal: 'plain' } },
      /3 mistakes:\n.*plain\.cpus should be a positive .*\n.*plain\.memoryMib is unknown\. Did you mean "memoryMiB"\?\n.*plain\.kernal is unknown\. Did you mean "kernel"/,
    ],
    [{ plain: { ...plain, coverage: 1 } }, /plain\.coverage should be true or false/],
  ]
  for (const [content, message] of cases) {
    await t.rejects(load(content), { code: 'CONFIGURATION', exitCode: 2, message })
  }
})
