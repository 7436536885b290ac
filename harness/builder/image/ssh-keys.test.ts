import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import t from 'tap'
import { makeSshKeys } from './ssh-keys.js'

void t.test('dropbear reads the host key, and finds the public key in it', async t => {
  const keys = makeSshKeys()
  const file = join(t.testdir(), 'host_key')
  await writeFile(file, keys.hostPrivate, { mode: 0o600 })
  const { stdout, status } = spawnSync('dropbearkey', ['-y', '-f', file], { encoding: 'utf8' })
  t.equal(status, 0)
  t.ok(stdout.includes(`\n${keys.hostPublic} `), stdout)
})

void t.test('the client’s keys belong together', t => {
  const keys = makeSshKeys()
  const parsed = ssh2.utils.parseKey(keys.clientPrivate)
  if (parsed instanceof Error) throw parsed
  t.equal(`ssh-rsa ${parsed.getPublicSSH().toString('base64')} modprove`, keys.clientPublic)
  t.end()
})

void t.test('each pair is new', t => {
  t.not(makeSshKeys().hostPublic, makeSshKeys().hostPublic)
  t.end()
})
