import { chmod, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { folderMembers, hostMembers } from './folder-members.js'
import { guestPath } from './guest-paths.js'

void t.test('a folder’s files, links and folders are members, with their modes', async t => {
  const root = t.testdir({ usr: { sbin: { tool: 'a' }, share: { x: 'b' } }, etc: { empty: {} } })
  await chmod(join(root, 'usr/sbin/tool'), 0o755)
  await symlink('../share/x', join(root, 'usr/sbin/link'))
  const members = await folderMembers(root, '', path => path === 'usr/share/x')
  t.strictSame(
    members.map(member => [member.path, member.type]),
    [
      ['etc', 'folder'],
      ['etc/empty', 'folder'],
      ['usr', 'folder'],
      ['bin', 'folder'],
      ['bin/link', 'link'],
      ['bin/tool', 'file'],
      ['usr/share', 'folder'],
    ],
  )
  t.match(members[4], { target: '/usr/share/x' }, 'a relative link leads where it led')
  t.match(members[5], { mode: 0o755, data: Buffer.from('a') })
})

void t.test('a link leads to where the guest has it, and never to itself', async t => {
  const root = t.testdir({ bin: { ip: 'a' }, sbin: {}, usr: { bin: {} } })
  // As package iproute2 has it.
  await symlink('/bin/ip', join(root, 'sbin/ip'))
  await symlink('/sbin/ip', join(root, 'usr/bin/ip2'))
  const members = await folderMembers(root)
  t.match(
    members.filter(({ type }) => type !== 'folder'),
    [
      { path: 'bin/ip', type: 'file' },
      { path: 'bin/ip2', type: 'link', target: '/bin/ip' },
    ],
  )
  t.equal(members.filter(({ path }) => path === 'bin/ip').length, 1)
})

void t.test('a file of the host is one member, and a folder all that is in it', async t => {
  const root = t.testdir({ 'a.conf': 'a', fw: { b: { 'c.bin': 'c' } } })
  await chmod(join(root, 'a.conf'), 0o600)
  t.match(await hostMembers(join(root, 'a.conf'), '/etc/a.conf'), [
    { path: 'etc/a.conf', type: 'file', mode: 0o644, data: Buffer.from('a') },
  ])
  t.match(await hostMembers(join(root, 'fw'), '/usr/lib/fw'), [
    { path: 'lib/fw/b', type: 'folder' },
    { path: 'lib/fw/b/c.bin', type: 'file' },
  ])
})

void t.test('programs and libraries have one place, whatever their package calls it', t => {
  t.equal(guestPath('usr/sbin/dmsetup'), 'bin/dmsetup')
  t.equal(guestPath('sbin/dmsetup'), 'bin/dmsetup')
  t.equal(guestPath('usr/lib/x86_64-linux-gnu/libv4l.so'), 'lib/x86_64-linux-gnu/libv4l.so')
  t.equal(guestPath('usr/share/lib/x'), 'usr/share/lib/x')
  t.equal(guestPath('library/x'), 'library/x')
  t.end()
})
