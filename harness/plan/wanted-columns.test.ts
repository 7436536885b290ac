import t from 'tap'
import { wantedColumn, wantedColumns } from './wanted-columns.js'

const silent = { run: {} }
const project = { run: { kernels: ['6.12', '7.3'], flavours: ['debug'] } }

t.test('options come before the configuration, and that before what is usual', t => {
  const usual = { kernels: ['all'] }
  t.strictSame(wantedColumns(silent, {}), { kernels: ['6.1'], flavours: ['plain'] })
  t.strictSame(wantedColumns(silent, {}, usual), { kernels: ['all'], flavours: ['plain'] })
  t.strictSame(wantedColumns(project, {}, usual), { kernels: ['6.12', '7.3'], flavours: ['debug'] })
  t.strictSame(wantedColumns(project, { kernel: ['5.10'], compiler: ['gcc-12', 'gcc-13'] }), {
    kernels: ['5.10+gcc-12', '5.10+gcc-13'],
    flavours: ['debug'],
  })
  t.end()
})

t.test('a command that takes one has the first', t => {
  t.strictSame(wantedColumn(silent, {}), { kernel: '6.1', flavour: 'plain' })
  t.strictSame(wantedColumn(project, {}), { kernel: '6.12', flavour: 'debug' })
  t.strictSame(wantedColumn(project, { kernel: '7.3' }), { kernel: '7.3', flavour: 'debug' })
  t.end()
})
