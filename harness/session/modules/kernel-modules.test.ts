import t from 'tap'
import { KernelModules } from './kernel-modules.js'

const module = (name: string, depends: string[], isNeeded: boolean) => ({
  ...{ name, depends, isNeeded },
  ...{ file: `/${name}.ko`, isRequested: false },
})

void t.test('what others need is loaded once, before them, and unloaded the other way', async t => {
  const done: string[] = []
  const load = async (name: string) => void done.push(`+${name}`)
  const unload = async (name: string) => done.push(`-${name}`) > 0
  const modules = new KernelModules(
    [
      module('mc', [], true),
      module('videodev', ['mc', 'builtin'], true),
      module('smbus', ['mc'], false),
      module('stub', ['smbus'], false),
    ],
    [],
  )
  await modules.loadNeeded(load)
  await modules.loadNeeded(load)
  t.strictSame(done.splice(0), ['+mc', '+videodev'])
  t.equal(modules.isLoaded('stub'), false)
  const loaded = async () => []
  await modules.loadFor('stub', load, loaded)
  await modules.loadFor('ring', load, loaded)
  t.strictSame(done.splice(0), ['+smbus'], 'and not itself, which the caller loads')
  t.equal(modules.isLoaded('smbus'), true)
  await modules.unload('unneeded', unload)
  t.strictSame(done.splice(0), ['-smbus'], "with those of a suite's own that needed it")
  await modules.loadFor('stub', load, loaded)
  await modules.unload('all', unload)
  t.strictSame(done, ['+smbus', '-smbus', '-videodev', '-mc'])
  t.equal(modules.isLoaded('mc'), false)
})

void t.test('one that is in use is not unloaded, and stays known', async t => {
  const modules = new KernelModules([module('mc', [], true)], [])
  await modules.loadNeeded(() => Promise.resolve())
  await t.rejects(
    modules.unload('all', () => Promise.reject(new Error('in use'))),
    { message: 'in use' },
  )
  t.equal(modules.isLoaded('mc'), true)
  await modules.unload('all', () => Promise.resolve(false))
  t.equal(modules.isLoaded('mc'), true)
  t.equal(modules.path('mc'), '/lib/modprove/kernel/mc.ko')
  t.equal(modules.path('ring'), undefined)
})

void t.test('what init has loaded is nobody’s to unload', async t => {
  const modules = new KernelModules([module('mc', ['virtio'], true)], ['virtio', 'virtio_net'])
  const done: string[] = []
  t.equal(modules.isLoaded('virtio_net'), true)
  await modules.loadNeeded(async name => void done.push(`+${name}`))
  await modules.unload('all', async name => done.push(`-${name}`) > 0)
  t.strictSame(done, ['+mc', '-mc'])
  t.equal(modules.isLoaded('virtio_net'), true)
})
