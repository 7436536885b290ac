import t from 'tap'
import { randomOfCase } from './random.js'
import { ownOpinion, tapParserOpinion } from './tap-oracle.js'
import { tapStream } from './tap-stream.js'

const CASES = 2000

void t.test(
  `${CASES} streams of TAP: the same verdict and test points as node-tap's parser's`,
  t => {
    const random = randomOfCase(6, 0)
    const wrong: string[] = []
    let [believed, flat] = [0, 0]
    for (let nth = 0; nth < CASES; nth += 1) {
      const stream = tapStream(random)
      const [own, theirs] = [ownOpinion(stream), tapParserOpinion(stream)]
      if (theirs.ok) believed += 1
      // Ours rejects a stream without a test; node-tap's parser accepts it.
      const isStricter = theirs.count === 0
      if (own.ok && !theirs.ok) wrong.push(`believed: ${JSON.stringify(stream)}`)
      if (!own.ok && theirs.ok && !isStricter) wrong.push(`not believed: ${JSON.stringify(stream)}`)
      if (/^ {4}/m.test(stream) || stream.includes('Bail out!')) continue
      flat += 1
      // Where a directive replaces the name, only our reader has a name.
      const points = own.points.map((point, index) => ({
        ...point,
        name: theirs.points[index]?.name === '' ? '' : point.name,
      }))
      if (JSON.stringify(points) !== JSON.stringify(theirs.points))
        wrong.push(`other points: ${JSON.stringify([stream, points, theirs.points])}`)
    }
    t.strictSame(wrong.slice(0, 5), [])
    t.ok(believed > CASES / 20 && believed < CASES, `${believed} of them were believed`)
    t.ok(flat > CASES / 4, `${flat} of them had no subtests`)
    t.end()
  },
)
