import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { privateFolder } from '../platform/files/private-folder.js'
import { firstFolder } from './module-sources.js'
import { readProject } from './project.js'

const folders = () => ({ module: { deep: {} }, suites: {} })
const config = { module: 'module', suites: 'suites' }
const text = JSON.stringify(config)

void t.test('a project is found from its folder and from all below, in each form', async t => {
  const forms: Readonly<Record<string, string>> = {
    'modprove.config.json': text,
    'modprove.config.js': `export default ${text}`,
    'modprove.config.ts': `import { defineConfig } from 'modprove'\nconst module: string = 'module'\nexport default defineConfig({ module, suites: 'suites' })`,
    'package.json': JSON.stringify({ name: 'ring', modprove: config }),
  }
  for (const [file, content] of Object.entries(forms)) {
    const root = t.testdir({ ...folders(), [file]: content })
    for (const from of [root, join(root, 'module/deep')]) {
      const { state, suites, module } = await readProject(from)
      t.strictSame(
        { state, suites, module: firstFolder(module) },
        {
          state: join(root, '.modprove'),
          suites: join(root, 'suites'),
          module: join(root, 'module'),
        },
        file,
      )
    }
  }
})

void t.test(
  'the nearest one counts, and a package.json that says nothing is passed by',
  async t => {
    const root = t.testdir({
      ...folders(),
      'modprove.config.json': text,
      inner: {
        ...folders(),
        'modprove.config.json': text,
        lib: { 'package.json': '{"name":"lib"}' },
      },
      broken: { 'package.json': '{' },
    })
    t.equal((await readProject(join(root, 'inner/lib'))).root, join(root, 'inner'))
    t.equal((await readProject(join(root, 'broken'))).root, root)
  },
)

void t.test(
  'its name is what it says, else that of package.json beside it, else its folder’s',
  async t => {
    const named = async (tree: object) => {
      const root = t.testdir({ ring: { ...folders(), ...tree } })
      return (await readProject(join(root, 'ring'))).name
    }
    const said = JSON.stringify({ ...config, name: 'said' })
    t.equal(await named({ 'modprove.config.json': said, 'package.json': '{"name":"p"}' }), 'said')
    t.equal(await named({ 'modprove.config.json': text, 'package.json': '{"name":"p"}' }), 'p')
    t.equal(await named({ 'modprove.config.json': text }), 'ring')
  },
)

void t.test('all that is wrong is reported together, with the file and the remedy', async t => {
  const cases: readonly (readonly [object, string, RegExp])[] = [
    [
      { 'modprove.config.json': '{"modul":"module","suites":3}' },
      'CONFIGURATION',
      /has 2 mistakes:\n  line 1: suites should be a folder, kselftest:TARGET, kunit or kunit:FILTER, or a list with at most one folder, got 3\n  line 1: modul is unknown. Did you mean "module"\?$/,
    ],
    [
      {
        'modprove.config.json':
          '{"kconfg":[],"flavours":{"slow":{"base":"plan"},"fast":{"base":"slow"},"debug":{"base":"plain"}}}',
      },
      'CONFIGURATION',
      /has 3 mistakes:\n  line 1: kconfg is unknown.*\n  line 1: flavours\.slow\.base should be a flavour that is there: plain, .*mean "plain"\?\n  flavours\.debug\.base should be left out: debug is modprove's$/,
    ],
    [
      {
        'modprove.config.json':
          '{"flavours":{"slow":{}},"xfail":[{"what":"build","flavour":"slow","reason":"a"},{"what":"build","flavour":"debgu","reason":"a"}]}',
      },
      'CONFIGURATION',
      /: xfail\[1\]\.flavour should be a flavour that is there: plain, .*, slow\. Did you mean "debug"\?$/,
    ],
    [
      {
        'modprove.config.json':
          '{"module":3,"modules":[{"foldr":".","make":{"V-1":"2","M":"x","A":5},"prepare":""}],"parameters":{"a":{"b":[]}}}',
      },
      'CONFIGURATION',
      /has 8 mistakes:[^]*module should be a path, or an object, got 3[^]*V-1"\] should be the name of a variable of make[^]*the key of modules\[0\]\.make\.M should be none of .*the harness's[^]*make\.A should be a line of text, got 5[^]*prepare should be some text[^]*modules\[0\]\.foldr is unknown\. Did you mean "folder"[^]*parameters\.a\.b should be text or a number[^]*modules should be left out where there is "module"/,
    ],
    [
      { 'modprove.config.json': '{"modules":[]}' },
      'CONFIGURATION',
      /modules should be a list of folders, got \[\]/,
    ],
    [
      { 'modprove.config.json': '{"modules":["a",{"folder":"b","mak":{}}],"include":["d"]}' },
      'CONFIGURATION',
      /has 4 mistakes:\n  line 1: modules\[1\]\.mak is unknown.*\n  modules\[0\] should be a folder: .*\/a does not exist\n  modules\[1\] should be a folder: .*\/b does not exist\n  include should be what is there: .*\/d does not exist$/,
    ],
    [
      { 'package.json': '{"modprove":{"module":"a","suits":"b"}}' },
      'CONFIGURATION',
      /package\.json: "modprove" has 2 mistakes:\n  suits is unknown.*\n  module should be a folder/,
    ],
    [
      { 'modprove.config.json': '{"modules":["a","b c"]}', a: {}, 'b c': {} },
      'CONFIGURATION',
      /: the name of .*\/b c should have .*: "b c" cannot be built$/,
    ],
    [
      {
        'modprove.config.ts':
          "export default {\n  modul: '.',\n  machine: {\n    memory: 512,\n  },\n  xfail: [{ what: 'lod' }],\n  guest: { what: 1 },\n}\n",
      },
      'CONFIGURATION',
      /  line 4: machine\.memory should[^]*\n  line 6: xfail\[0\]\.what should[^]*\n  line 2: modul is unknown/,
    ],
    [
      {
        'modprove.config.json': '{"modules":["a","b","c"]}',
        a: { Kbuild: 'obj-m := ring.o my-ring.o\n' },
        b: { Makefile: 'ifneq ($(KERNELRELEASE),)\nobj-m := my_ring.o\nelse\nall:\nendif\n' },
        // Which of these is built, only make can tell.
        c: { Kbuild: 'ifeq ($(OLD),)\nobj-m := ring.o\nendif\nobj-$(CONFIG_RING) += ring.o\n' },
      },
      'CONFIGURATION',
      /: a\/Kbuild and b\/Makefile both build a module my_ring$/,
    ],
    [
      {
        'modprove.config.json':
          '{"kconfig":["USB=y","CONFIG_USB","CONFIG_A=y"],"machine":{"memry":"1G","memory":512,"cpus":9,"disks":["64"],"append":["a b"]},"flavours":{"Fast":{},"own":{"kconfg":[]}},"guest":{"packages":["V4L"],"files":{"etc/x":"x","/etc/../x":"x"}}}',
      },
      'CONFIGURATION',
      /has 14 mistakes:[^]*kconfig\[0\] should be a line such as "CONFIG_USB=y # 6\.1\.\.", or the path[^]*kconfig\[1\] should[^]*machine\.memory should be a size such as "512M" or "1G", got 512[^]*machine\.cpus should be a number from 1 to 8[^]*machine\.disks\[0\] should be a size[^]*machine\.append\[0\][^]*machine\.memry is unknown\. Did you mean "memory"\?[^]*key of flavours\.Fast should be lower-case[^]*flavours\.own\.kconfg is unknown\. Did you mean "kconfig"[^]*guest\.files\["etc\/x"\] should be an absolute path[^]*"\/etc\/\.\.\/x"[^]*guest\.packages\[0\] should be the name of a Debian package/,
    ],
    [
      {
        '.git': {},
        Kbuild: '',
        'modprove.config.json':
          '{"kconfig":["a.config"],"flavours":{"debug":{"kconfig":["/etc/hostname"]}},"guest":{"files":{"/etc/x":"../x"},"firmware":["link"]}}',
        link: t.fixture('symlink', '/etc'),
      },
      'CONFIGURATION',
      /has 4 mistakes:\n  kconfig should be what is there: .*\/a\.config does not exist\n  flavours\.debug\.kconfig should be inside of .*: \/etc\/hostname is outside of it\n  guest\.files\["\/etc\/x"\] should be .*\n  guest\.firmware should be inside of .*: \/etc is outside of it$/,
    ],
    [
      {
        'modprove.config.json':
          '{"run":{"kernels":[],"flavours":[""],"retries":10,"reporter":"dots","reports":{"juint":"a.xml","tap":""},"retry":1}}',
      },
      'CONFIGURATION',
      /has 7 mistakes:[^]*run\.kernels should be at least one kernel[^]*run\.flavours\[0\] should be the name of a flavour[^]*run\.retries should be a number from 0 to 9, got 10[^]*run\.reporter should be pretty or tap, got "dots"[^]*run\.reports\.tap should be some text[^]*run\.reports\.juint is unknown\. Did you mean "junit"[^]*run\.retry is unknown/,
    ],
    [
      { 'modprove.config.json': '{"module":"/etc"}' },
      'CONFIGURATION',
      /: module should be near .*: \/etc is elsewhere on this host$/,
    ],
    [
      { '.git': {}, Kbuild: '', 'modprove.config.json': '{"include":["..","/etc"]}' },
      'CONFIGURATION',
      /has 2 mistakes:\n  include should be inside of .*\n  include should be inside of .*: \/etc is outside of it$/,
    ],
    [
      { '.git': {}, Kbuild: '', 'modprove.config.json': '{"include":["gone"]}' },
      'CONFIGURATION',
      /include should be what is there: .*\/gone does not exist$/,
    ],
    [
      { 'modprove.config.json': '{}', suites: '' },
      'CONFIGURATION',
      /suites should be a folder: .*is a file$/,
    ],
    [
      { 'modprove.config.ts': 'export default {}', '.modprove': '' },
      'CONFIGURATION',
      /\.modprove is a file, and should be a folder or not be there$/,
    ],
    [
      { 'modprove.config.json': '{"suites":["a","kselftest:sync","b"]}', a: {} },
      'CONFIGURATION',
      /has 2 mistakes:\n  line 1: suites should be .* a list with at most one folder, got .*\n  suites should be a folder: .*\/b does not exist$/,
    ],
    [
      { 'modprove.config.json': '{"suites":["a","kunti"]}', a: {} },
      'CONFIGURATION',
      /config\.json: suites should be a folder: .*kunti does not exist\. Did you mean "kunit"\?$/,
    ],
    [
      { 'modprove.config.json': '{"suites":"kunti"}' },
      'CONFIGURATION',
      /suites should be a folder: .*kunti does not exist\. Did you mean "kunit"\?$/,
    ],
    [
      {
        'modprove.config.json':
          '{"xfail":[{"what":"test","name":"a","kernels":">=6.12","reasn":"x"},{"what":"lod","reson":"b"},{"what":"build","module":"a","reason":"b"}]}',
      },
      'CONFIGURATION',
      /has 8 mistakes:[^]*xfail\[0\].name should be SUITE: TEST, got "a"[^]*xfail\[0\].kernels should be a series, or a range of series such as "6.12..",[^]*reason is missing: it should be some text[^]*xfail\[0\].reasn is unknown. Did you mean "reason"\?[^]*xfail\[1\].what should be "build", "load" or "test", got "lod"\n[^]*xfail\[2\].module is unknown[^]*xfail\[1\].reason is missing[^]*xfail\[1\].reson is unknown. Did you mean "reason"/,
    ],
    [{ 'modprove.config.json': '{' }, 'CONFIGURATION', /config\.json: it is not JSON/],
    [{ 'package.json': '{"modprove": {},}' }, 'CONFIGURATION', /package\.json: it is not JSON/],
    [
      { 'modprove.config.json': text, 'modprove.config.ts': '' },
      'CONFIGURATION',
      /described twice/,
    ],
    [
      { 'package.json': '{"modprove":7}' },
      'CONFIGURATION',
      /"modprove": it should be an object, got 7/,
    ],
    [{ 'modprove.config.ts': 'export default {' }, 'CONFIGURATION', /config\.ts cannot be read/],
    [{ 'modprove.config.js': "throw new Error('ours')" }, 'CONFIGURATION', /cannot be read: ours/],
    [
      { 'modprove.config.js': 'export const a = 1' },
      'CONFIGURATION',
      /config\.js cannot be read: it has no default export/,
    ],
    [
      { 'modprove.config.json': text, suites: '' },
      'CONFIGURATION',
      /has 2 mistakes:\n  module should be a folder: .*\/module does not exist\n  suites should be a folder: .*is a file$/,
    ],
  ]
  for (const [tree, code, message] of cases) {
    const root = t.testdir(tree as Parameters<typeof t.testdir>[0])
    await t.rejects(readProject(root), { code, exitCode: 2, message, remedy: /\S/ }, message.source)
  }
})

void t.test('the kernel’s own tests are suites beside the folder, or without one', async t => {
  const suitesOf = async (suites: unknown) => {
    const root = t.testdir({ own: {}, 'modprove.config.json': JSON.stringify({ suites }) })
    const { suites: folder, kernelSuites } = await readProject(root)
    return [folder.slice(root.length + 1), ...kernelSuites]
  }
  t.strictSame(await suitesOf(['own', 'kselftest:sync', 'kunit']), [
    'own',
    'kselftest:sync',
    'kunit',
  ])
  t.strictSame(await suitesOf('kunit:list*'), ['suites', 'kunit:list*'])
})

void t.test('a folder that cannot be written to is no mistake of the configuration', async t => {
  const root = t.testdir({
    ...folders(),
    'modprove.config.ts': `export default ${text}`,
    // No user can make a folder there.
    '.modprove': t.fixture('symlink', '/sys/kernel'),
  })
  const message = /modprove\/js cannot be used: E(?:PERM|ACCES|ROFS): /
  await t.rejects(readProject(root), { code: 'NOT_PERMITTED', exitCode: 3, message })
})

void t.test('where there is none, the Kbuild file to write is told, and the command', async t => {
  const message = /Neither \/ nor a folder above it has a Kbuild file .* or a modprove.config.json/
  await t.rejects(readProject('/'), {
    code: 'NO_PROJECT',
    message,
    remedy: /^Start it in the folder/,
  })
  await using folder = await privateFolder()
  await writeFile(join(folder.path, 'ring.c'), '')
  const remedy = `Write ${folder.path}/Kbuild with the line: obj-m += ring.o\nThen: modprove init, or modprove run without a configuration`
  await t.rejects(readProject(folder.path), { code: 'NO_PROJECT', remedy })
  await mkdir(join(folder.path, 'core'))
  await writeFile(join(folder.path, 'core/Kbuild'), 'obj-m := core.o\n')
  const init = 'modprove init makes it a project of the modules below it: core'
  await t.rejects(readProject(folder.path), { code: 'NO_PROJECT', remedy: init })
})
