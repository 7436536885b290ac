import t from 'tap'
import { readUntil } from './read-until.js'

/** The reading that is returned, of 1, 2, 3, … */
async function readTo(isEnough: (reading: number) => boolean, limitMs: number): Promise<number> {
  let reading = 0
  return readUntil(async () => ++reading, isEnough, limitMs)
}

void t.test('the first reading that will do ends it', async t => {
  t.equal(await readTo(reading => reading === 3, 60_000), 3)
})

void t.test('when its time has passed, one more reading is the last', async t => {
  t.ok((await readTo(() => false, 1)) >= 2)
})
