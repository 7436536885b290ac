#!/usr/bin/env node
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { compiledHarness } from '../compile/harness.js'

process.setSourceMapsEnabled(true)
/** @returns the command line, compiled; where nothing can be kept, its sources, which tsx compiles as they are loaded */
async function commandLine() {
  try {
    return pathToFileURL(`${await compiledHarness()}/main.js`)
  } catch (error) {
    if (error.syscall === undefined) throw error
    const { register } = await import('tsx/esm/api')
    register()
    return new URL('main.ts', import.meta.url)
  }
}

let main
try {
  main = await commandLine()
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.error('modprove: its npm packages are not installed.\n  try: make setup')
  process.exit(3)
}
await import(main)
