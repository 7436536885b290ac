import { homedir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { cacheFolder } from './cache-folder.js'

void t.test('the cache folder follows MODPROVE_CACHE, then XDG, then the home folder', t => {
  t.equal(cacheFolder({ MODPROVE_CACHE: '/c', XDG_CACHE_HOME: '/x' }), '/c')
  t.equal(cacheFolder({ XDG_CACHE_HOME: '/x' }), '/x/modprove')
  t.equal(cacheFolder({ XDG_CACHE_HOME: 'relative' }), join(homedir(), '.cache/modprove'))
  t.equal(
    cacheFolder({ MODPROVE_CACHE: '', XDG_CACHE_HOME: '' }),
    join(homedir(), '.cache/modprove'),
  )
  t.end()
})
