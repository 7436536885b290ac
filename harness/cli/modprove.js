#!/usr/bin/env node
import process from 'node:process'

process.setSourceMapsEnabled(true)
try {
  const { register } = await import('tsx/esm/api')
  register()
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.error('modprove: its npm packages are not installed.\n  try: make setup')
  process.exit(3)
}
await import('./main.ts')
