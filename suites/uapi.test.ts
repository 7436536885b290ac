import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { Struct } from './struct.js'
import * as uapi from './uapi.js'

const run = promisify(execFile)
const moduleFolder = new URL('../module/', import.meta.url).pathname
const headers = ['exporter.h', 'importer.h', 'samples/samples.h']

/** `importerMap` → `importer_map` */
const cName = (name: string): string =>
  name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

const numbers = Object.entries(uapi).filter(
  (entry): entry is [string, number] => typeof entry[1] === 'number',
)
const structs = Object.entries(uapi).flatMap(([name, value]): [string, Struct<never>][] =>
  value instanceof Struct ? [[cName(name), value as Struct<never>]] : [],
)

/** All that uapi.ts mirrors: `name value` lines from TypeScript, and C that prints the same. */
const mirrored = [
  ...numbers.map(([name, value]) => ({ name, value, c: name })),
  ...structs.flatMap(([name, struct]) => [
    { name: `sizeof ${name}`, value: struct.bytes, c: `sizeof(struct ${name})` },
    ...Object.entries<number>(struct.offsets).map(([field, value]) => ({
      name: `${name}.${field}`,
      value,
      c: `offsetof(struct ${name}, ${field})`,
    })),
  ]),
]

async function compileAndRun(lines: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'modprove-uapi-'))
  try {
    const source = [
      '#include <stddef.h>',
      '#include <stdio.h>',
      '#include <linux/dma-buf.h>',
      '#include <linux/dma-heap.h>',
      '#include <linux/magic.h>',
      '#include <linux/udmabuf.h>',
      ...headers.map(header => `#include "${moduleFolder}${header}"`),
      `int main(void)\n{\n${lines.join('\n')}\n}`,
    ]
    await writeFile(join(folder, 'uapi.c'), source.join('\n'))
    await run('gcc', ['-Wall', '-Werror', '-o', join(folder, 'uapi'), join(folder, 'uapi.c')])
    return (await run(join(folder, 'uapi'))).stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

void t.test('numbers, sizes and offsets are those of the C headers', async t => {
  const printed = await compileAndRun(
    mirrored.map(({ name, c }) => `printf("${name} %lu\\n", (unsigned long)(${c}));`),
  )
  const expected = mirrored.map(({ name, value }) => `${name} ${value}\n`).join('')
  t.equal(printed, expected)
})

void t.test('the greeting is that of the C header', async t => {
  t.equal(await compileAndRun(['puts(EXPORTER_GREETING);']), `${uapi.EXPORTER_GREETING}\n`)
})

void t.test('nothing of the C headers is missing', async t => {
  const mirroredNames = new Set([...Object.keys(uapi), ...structs.map(([name]) => name)])
  for (const header of headers) {
    const text = await readFile(`${moduleFolder}${header}`, 'utf8')
    for (const [, constant, struct] of text.matchAll(/^(?:#define (\w+)[ \t]|struct (\w+) {$)/gm)) {
      const name = constant ?? struct ?? ''
      t.ok(mirroredNames.has(name), `${header}: ${name}`)
    }
    for (const [, name = '', body = ''] of text.matchAll(/^struct (\w+) {\n(.*?)^};/gms)) {
      const fields = [...body.matchAll(/^\t__[su]\d+ (\w+);/gm)].map(([, field]) => field)
      const struct = structs.find(([mirror]) => mirror === name)?.[1]
      t.strictSame(Object.keys(struct?.offsets ?? {}), fields, `fields of struct ${name}`)
    }
  }
})

void t.test('a struct reads back what it was given', async t => {
  const struct = new Struct({ small: 4, large: 8 })
  const bytes = struct.encode({ small: 0xffffffff, large: 0xffffffffffffffffn })
  t.equal(bytes.length, 16)
  t.equal(struct.decode(bytes, 'small'), 0xffffffffn)
  t.equal(struct.decode(bytes, 'large'), 0xffffffffffffffffn)
  t.equal(struct.decode(struct.encode({}), 'large'), 0n, 'what is not given is 0')
  await Promise.resolve()
})
