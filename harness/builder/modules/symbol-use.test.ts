import t from 'tap'
import { firstUse } from './symbol-use.js'

t.test('the first line that uses a symbol is found in the user’s own files', async t => {
  const build = t.testdir({
    core: { 'core.c': 'usb_free_urb(urb);\n' },
    module: {
      '0.mod.c': '{ "usb_free_urb" },\n',
      '0.o': 'usb_free_urb\n',
      'a.c':
        '/* usb_free_urb() is called at the end */\n// usb_free_urb\n * usb_free_urb\nmy_usb_free_urb();\n',
      'ring.c': 'int a;\n\tusb_free_urb(urb);\n',
    },
  })
  const symbols = ['__divdi3', 'usb_free_urb']
  t.strictSame(await firstUse(symbols, { build, name: 'module' }), {
    file: 'module/ring.c',
    line: 2,
  })
  t.equal(
    await firstUse(['__divdi3'], { build, name: '.' }),
    undefined,
    'the compiler’s own is in no source',
  )
})
