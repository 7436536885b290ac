import t from 'tap'
import type { Figures } from '../../contract/soak-result.js'
import { trendsOf } from './growth.js'

const figures = (more: Partial<Figures> = {}): Figures => ({
  processes: 0,
  descriptors: 30,
  temporaryFiles: 0,
  cacheFiles: 500,
  heapMiB: 40,
  residentMiB: 150,
  ...more,
})
const growing = (figuresAt: (run: number) => Partial<Figures>, runs = 20): string[] =>
  trendsOf(Array.from({ length: runs }, (_, run) => figures(figuresAt(run))))
    .filter(({ grows }) => grows !== undefined)
    .map(({ figure }) => figure)

t.test('constant and fluctuating figures do not grow', async t => {
  t.strictSame(
    growing(() => ({})),
    [],
  )
  t.strictSame(
    growing(run => ({ descriptors: 30 + (run % 2), heapMiB: 40 + (run % 5) })),
    [],
  )
})

t.test('growth in the first runs does not count', async t => {
  t.strictSame(
    growing(run => ({ descriptors: run < 3 ? 20 + run : 23 })),
    [],
  )
})

t.test('growth by one per run is found', async t => {
  t.strictSame(
    growing(run => ({ descriptors: 30 + run })),
    ['descriptors'],
  )
  t.strictSame(
    growing(run => ({ temporaryFiles: Math.floor(run / 5) })),
    ['temporaryFiles'],
  )
  t.strictSame(
    growing(run => ({ processes: run > 8 ? 1 : 0 })),
    ['processes'],
  )
  t.strictSame(
    growing(run => ({ heapMiB: 40 + run })),
    ['heapMiB'],
  )
})

t.test('resident memory that makes one step, or jumps about, does not grow', async t => {
  t.strictSame(
    growing(run => ({ residentMiB: (run < 10 ? 110 : 140) + (run % 4) * 15 })),
    [],
  )
  t.strictSame(
    growing(run => ({ residentMiB: 120 + run + (run % 4) * 15 }), 100),
    ['residentMiB'],
  )
})

t.test('V8’s code for hot functions is not growth; a few KiB per run forever are', async t => {
  t.strictSame(
    growing(run => ({ heapMiB: 18 + run * 0.048 }), 20),
    [],
  )
  t.strictSame(
    growing(run => ({ heapMiB: 18 + run * 0.11 }), 200),
    ['heapMiB'],
  )
})

t.test('a median of slopes', async t => {
  const slopeOf = (...values: number[]) => {
    const trends = trendsOf(values.map(heapMiB => figures({ heapMiB })))
    return trends.find(({ figure }) => figure === 'heapMiB')?.slope
  }
  const warmUp = [9, 9, 9]
  t.equal(slopeOf(...warmUp, 1, 3, 5, 7), 2)
  t.equal(slopeOf(...warmUp, 1, 3, 5, 7, 900), 2, 'one that is far off')
  t.equal(slopeOf(...warmUp, 4, 4), 0)
  t.equal(slopeOf(4), 0)
})
