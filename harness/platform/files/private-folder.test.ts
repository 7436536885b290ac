import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { privateFolder, sweepPrivateFolders } from './private-folder.js'

void t.test('a private folder is private, short, and goes with its owner', async t => {
  const base = t.testdir()
  let path = ''
  {
    await using folder = await privateFolder({ TMPDIR: base })
    path = folder.path
    const { mode } = await stat(path)
    t.equal(mode & 0o777, 0o700)
  }
  t.notOk(existsSync(path))

  const deep = join(base, 'd'.repeat(100))
  await mkdir(deep)
  await using folder = await privateFolder({ TMPDIR: deep })
  t.ok(Buffer.byteLength(`${folder.path}/qmp.socket`) < 108, 'a socket path fits sun_path')

  await using outer = await privateFolder({ TMPDIR: '/tmp' })
  await using inner = await privateFolder({ TMPDIR: outer.path })
  t.ok(inner.path.startsWith(outer.path), 'one lies in another')
})

void t.test(
  'folders of owners killed with SIGKILL are swept, live ones and strangers stay',
  async t => {
    // Short, wherever the checkout lies: a folder that is too long for a socket is not used.
    const base = await mkdtemp('/tmp/sweep-')
    t.teardown(() => rm(base, { recursive: true, force: true }))
    await mkdir(join(base, 'modprove-notes'))
    const env = { TMPDIR: base }
    await using mine = await privateFolder(env)
    // Others on this host may leave folders in /tmp.
    const swept = async () => (await sweepPrivateFolders(env)).filter(path => path.startsWith(base))

    const module = JSON.stringify(new URL('private-folder.ts', import.meta.url).href)
    const script = `
    const { privateFolder } = await import(${module})
    console.log((await privateFolder({ TMPDIR: ${JSON.stringify(base)} })).path)
    process.stdin.resume()`
    const child = spawn(
      process.execPath,
      ['--import=tsx', '--input-type=module', '--eval', script],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    const [printed] = (await once(child.stdout, 'data')) as [Buffer]
    const theirs = printed.toString().trim()
    t.same(await swept(), [], 'both owners live')
    await writeFile(join(theirs, 'left'), '')
    child.kill('SIGKILL')
    await once(child, 'close')

    t.same(await swept(), [theirs])
    t.notOk(existsSync(theirs))
    t.ok(existsSync(mine.path))
    t.ok(existsSync(join(base, 'modprove-notes')))
  },
)
