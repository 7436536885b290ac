import { join } from 'node:path'
import t from 'tap'
import { projectOf } from '../project/project.js'
import { subjectOf } from './subject.js'

const subjectIn = (root: string, folder: string) =>
  subjectOf(projectOf(join(root, 'modprove.config.json'), { name: 'rings', module: { folder } }))

const cases: readonly [string, string, readonly string[]][] = [
  ['one line', 'obj-m := b.o a.o\n', ['a', 'b']],
  ['several, continued', 'obj-m += a.o \\\n  b.o\nobj-m += c.o # not d.o\n', ['a', 'b', 'c']],
  ['by an option', 'obj-$(CONFIG_RING) += ring.o\nring-y := x.o y.o\n', ['ring']],
  ['below, as the kernel names it', 'obj-m := drivers/my-ring.o\n', ['my_ring']],
  ['built in', 'obj-y := ring.o\n', []],
  ['not in plain words', 'obj-m := $(names:=.o)\n', []],
]
for (const [name, text, modules] of cases) {
  t.test(`modules that a Kbuild file names: ${name}`, async t => {
    t.strictSame((await subjectIn(t.testdir({ Kbuild: text }), '.')).modules, modules)
  })
}

t.test('Kbuild goes before Makefile; a folder without either names none', async t => {
  const both = t.testdir({ Kbuild: 'obj-m := a.o\n', Makefile: 'obj-m := b.o\n', none: {} })
  t.strictSame((await subjectIn(both, '.')).modules, ['a'])
  t.strictSame((await subjectIn(both, 'none')).modules, [])
})

t.test('a subject is a project, its module’s folder and the modules in it', async t => {
  const root = t.testdir({ src: { Kbuild: 'obj-m := ring.o user.o\n' } })
  t.strictSame(await subjectIn(root, 'src'), {
    project: 'rings',
    folder: 'src',
    modules: ['ring', 'user'],
  })
})

t.test('of several folders it has each, and the modules of all', async t => {
  const root = t.testdir({
    core: { Kbuild: 'obj-m := ring.o' },
    hello: { Makefile: 'obj-m := hello.o' },
    here: {},
  })
  const modules = [{ folder: '../core' }, { folder: '../hello' }]
  const project = projectOf(join(root, 'here/modprove.config.json'), { name: 'two', modules })
  t.strictSame(await subjectOf(project), {
    project: 'two',
    folder: '../core ../hello',
    modules: ['hello', 'ring'],
  })
})
