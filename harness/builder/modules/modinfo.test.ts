import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readModinfo } from './modinfo.js'

const source = `#define INFO(name, text) \\
	static const char name[] __attribute__((section(".modinfo"), used, aligned(1))) = text
INFO(license, "license=GPL");
INFO(vermagic, "vermagic=6.1.192 SMP mod_unload ");
INFO(depends, "depends=one,two");
INFO(first, "alias=first");
INFO(second, "alias=second=2");
int code(void) { return 1; }
`

void t.test('the fields of a module’s .modinfo are found in its object file', async t => {
  const object = join(t.testdir(), 'module.o')
  const gcc = spawnSync('gcc', ['-c', '-x', 'c', '-o', object, '-'], { input: source })
  t.equal(gcc.status, 0, gcc.stderr.toString())
  const info = readModinfo(await readFile(object))
  t.strictSame(info.get('vermagic'), ['6.1.192 SMP mod_unload '])
  t.strictSame(info.get('depends'), ['one,two'])
  t.strictSame(info.get('alias'), ['first', 'second=2'])
  t.equal(info.get('absent'), undefined)
})
