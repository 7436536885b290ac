import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { LogRecord } from '../../contract/log-record.js'
import { SyscallError } from '../../guest/index.js'
import { ignoredParameters, refusedValues, unknownParameter } from './wrong-parameters.js'

const said = (text: string, facility = 0): LogRecord => ({
  sequence: 1,
  timeUs: 1,
  level: 4,
  facility,
  caller: 'T1',
  text,
})

void t.test('the kernel tells which parameters it ignores', t => {
  const records = [
    said("ring: unknown parameter 'pags' ignored"),
    said("other: unknown parameter 'x' ignored"),
    said("ring: unknown parameter 'forged' ignored", 1),
    said('ring: loading out-of-tree module taints kernel.'),
  ]
  t.strictSame(ignoredParameters('ring', records), [{ parameter: 'pags', sequence: 1 }])
  t.end()
})

void t.test('the error names those that there are', async t => {
  const build = async (source: string): Promise<Buffer> => {
    const object = join(t.testdir(), 'module.o')
    const gcc = spawnSync('gcc', ['-c', '-x', 'c', '-o', object, '-'], { input: source })
    t.equal(gcc.status, 0, gcc.stderr.toString())
    return readFile(object)
  }
  const info = (name: string, text: string): string =>
    `static const char ${name}[] __attribute__((section(".modinfo"), used, aligned(1))) = "${text}";\n`
  const symbol = 'static const char __param_str_depth[] __attribute__((used)) = "depth";'
  const ko = info('a', 'parmtype=pages:int') + info('b', 'parmtype=name:charp') + symbol
  const error = unknownParameter('ring pags=4', ['pags'], await build(ko), 'the suite')
  t.match(error, {
    code: 'UNKNOWN_PARAMETER',
    message: 'insmod ring pags=4: the module has no parameter pags, which the kernel ignores',
    remedy: 'Did you mean "pages"? It has pages: int, name: charp, depth. Correct the suite',
  })
  const none = unknownParameter('ring a=1', ['a'], await build(info('a', 'license=GPL')), 'it')
  t.equal(none.remedy, 'It has none. Correct it')
})

void t.test('a value that is refused is named with its place', async t => {
  const root = t.testdir({
    'modprove.config.json': '{\n"parameters": { "ring": { "pages": 99 } } }',
  })
  const project = {
    configFile: join(root, 'modprove.config.json'),
    parameters: { ring: { pages: 99 } },
  }
  const [ENOEXEC, EINVAL] = [8, 22]
  const advice = (words: readonly string[], errno = EINVAL, parameters = {}) => {
    const error = new SyscallError('finit_module', ['3'], errno)
    return refusedValues(project, { name: 'ring', parameters }, error, words)
  }
  const place = 'modprove.config.json:2: parameters.ring.pages'
  const said = "ring: `99' invalid for parameter `pages'"
  t.strictSame(await advice([said], ENOEXEC), [`Correct ${place}`])
  t.strictSame(await advice(['ring: no']), [`If a value is wrong, correct ${place}`])
  t.strictSame(await advice(['ring: no'], ENOEXEC), [], 'an error that no value explains')
  t.match(await advice([said], EINVAL, { pages: 99 }), [/^Correct modules: \[\{ name: 'ring', /])
})
