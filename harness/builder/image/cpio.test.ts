import { spawnSync } from 'node:child_process'
import t from 'tap'
import { cpio } from './cpio.js'

const archive = cpio([
  { path: 'init', type: 'file', mode: 0o755, data: Buffer.from('#!/bin/sh\n') },
  { path: 'etc/dropbear/host_key', type: 'file', mode: 0o600, data: Buffer.from('secret') },
  { path: 'bin/sh', type: 'link', target: 'busybox' },
  { path: 'dev/console', type: 'device', mode: 0o600, major: 5, minor: 1 },
  { path: 'etc', type: 'folder', mode: 0o711 },
])
const list = (input: Buffer, ...options: string[]): string =>
  spawnSync('cpio', ['--quiet', '--numeric-uid-gid', ...options], { input, encoding: 'utf8' })
    .stdout

void t.test('a segment is owned by root, and each folder precedes its content', t => {
  const lines = list(archive, '-itv').trimEnd().split('\n')
  t.match(lines, [
    /^drwxr-xr-x +\d+ 0 +0 +0 .* bin$/,
    /^drwxr-xr-x +\d+ 0 +0 +0 .* dev$/,
    /^drwx--x--x +\d+ 0 +0 +0 .* etc$/,
    /^drwxr-xr-x +\d+ 0 +0 +0 .* etc\/dropbear$/,
    /^-rwxr-xr-x +\d+ 0 +0 +10 .* init$/,
    /^-rw------- +\d+ 0 +0 +6 .* etc\/dropbear\/host_key$/,
    /^lrwxrwxrwx +\d+ 0 +0 +7 .* bin\/sh -> busybox$/,
    /^crw------- +\d+ 0 +0 +5, +1 .* dev\/console$/,
  ])
  t.equal(lines.length, 8)
  t.end()
})

void t.test('the same members make the same bytes, ready for another segment', t => {
  const twice = () => cpio([{ path: 'a', type: 'file', mode: 0o644, data: Buffer.from('123') }])
  t.ok(twice().equals(twice()))
  t.equal(archive.length % 4, 0)
  t.end()
})

void t.test('a file’s content survives', t => {
  t.equal(list(archive, '-i', '--to-stdout', 'etc/dropbear/host_key'), 'secret')
  t.end()
})
