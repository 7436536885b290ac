import { join } from 'node:path'
import t from 'tap'
import { unsetVariables, whyNoModule } from './makefile-advice.js'

const projectWith = (make: Record<string, string>) => ({
  configFile: '/none/modprove.config.json',
  module: { root: '/none', include: [], leftOut: [], folders: [{ name: 'module', make }] as const },
})
const project = projectWith({})
const folder = (Makefile: string) => ({
  build: t.testdir({ module: { Makefile } }),
  name: 'module',
  tree: join(t.testdirName, 'none'),
})

t.test('an option of the module’s own may be set on the line of make', async t => {
  t.match(
    await whyNoModule(folder('obj-$(CONFIG_RING) += ring.o\n'), project),
    /or in modprove\.config\.ts, which "modprove init" makes: "module": \{"folder":"module","make":\{"CONFIG_RING":"m"\}\}$/,
  )
})

t.test('a line in a condition that does not hold is no line to add', async t => {
  t.match(
    await whyNoModule(folder('ifdef CONFIG_NONE\nobj-m += ring.o\nendif\n'), project),
    /^module\/Makefile:2 has "obj-m \+= ring\.o" below "ifdef CONFIG_NONE", which does not hold\. /,
  )
})

t.test('variables that a makefile needs are named, with the line to add', async t => {
  const advice = (text: string, output = '') => unsetVariables(output, folder(text), project)
  const stopped = (line: number, why = 'no version') =>
    `module/Makefile:${line}: *** ${why}.  Stop.`
  const told = (name: string, value: string) =>
    `module/Makefile uses ${name}, which nothing sets. Write in modprove.config.ts, which "modprove init" makes: "module": {"folder":"module","make":{"${name}":"${value}"}}`
  const checked = 'obj-m := ring.o\nifndef RING\n$(error x)\nendif\n'
  t.strictSame(await advice(checked, stopped(3)), [told('RING', '…')])
  t.strictSame(await advice(checked, stopped(3, 'use make RING=1.2')), [told('RING', '1.2')])
  const empty = 'ifeq ($(strip $(WIDTH)),)\n$(error x)\nendif\n'
  t.strictSame(await advice(empty, stopped(2)), [told('WIDTH', '…')])
  t.strictSame(await advice('ccflags-y += -DW=$(WIDTH) -I$(src)\n'), [told('WIDTH', '…')])
  t.strictSame(await advice('WIDTH ?= 1\nccflags-y += -DW=$(WIDTH)\n'), [])
  t.strictSame(await advice('obj-m := ring.o\n', 'module/ring.c:3: error: x'), [])
  const two = folder('ccflags-y += -DW=$(WIDTH) -DH=$(HEIGHT)\n')
  const [more] = await unsetVariables('', two, projectWith({ WIDTH: '3' }))
  t.match(more, /uses HEIGHT, .*"make":{"WIDTH":"3","HEIGHT":"…"}}$/, 'with those that it has')
})
