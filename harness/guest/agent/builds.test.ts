import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { AGENT_VARIABLE, buildAgent } from '../local-agent.fixture.js'

const files = ['client.test.ts', 'others.test.ts', '../process/process.test.ts']
// Without -no-pie its memory would lie where 32-bit calls do not reach.
const sanitized = [
  ...['-g', '-O1', '-fno-pie', '-no-pie'],
  ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
]
const builds = [
  // What an optimizer makes of it is seen at more than one level.
  ['gcc', ['-static', '-O1']],
  ['gcc', sanitized],
  ['clang', sanitized],
] as const

/** gcc is required, and brings its sanitizers; those of clang are a package of their own. */
const whyNot = (compiler: string): string | undefined => {
  const library = 'libclang_rt.asan-x86_64.a'
  const { error, stdout } = spawnSync(compiler, [`-print-file-name=${library}`], {
    encoding: 'utf8',
  })
  if (error) return `there is no ${compiler}`
  return compiler === 'clang' && stdout.trim() === library ? 'there is no libclang-rt' : undefined
}

for (const [compiler, flags] of builds)
  void t.test(`the agent by ${compiler} ${flags.join(' ')}`, async t => {
    const missing = whyNot(compiler)
    if (missing !== undefined) return t.pass('', { skip: missing })
    await using built = await buildAgent(compiler, flags)
    const reports = t.testdir({})
    const common = `log_path=${join(reports, 'report')}:abort_on_error=0`
    const env = {
      ...process.env,
      [AGENT_VARIABLE]: built.file,
      // Its own handlers tell of faults that a client asks it to make.
      ASAN_OPTIONS: `${common}:allow_user_segv_handler=1:detect_leaks=0`,
      UBSAN_OPTIONS: `${common}:print_stacktrace=1`,
    }
    for (const file of files) {
      const path = fileURLToPath(new URL(file, import.meta.url))
      // By its argument it has fixtures of its own: the same file may be running beside it.
      const args = ['--import', 'tsx', path, 'beside']
      await t.spawn(process.execPath, args, { env, name: file })
    }
    const names = await readdir(reports)
    const said = await Promise.all(names.map(name => readFile(join(reports, name), 'utf8')))
    t.equal(said.join('\n').slice(0, 4000), '', 'no sanitizer complains')
  })
