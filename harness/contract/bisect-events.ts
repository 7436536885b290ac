/** Where in what is searched: `skip` says that nothing could be learned of it. */
export type BisectAnswer = 'good' | 'bad' | 'skip'

export type BisectEvent =
  | {
      readonly type: 'bisect-start'
      readonly over: 'releases' | 'commits'
      /** As it was asked for: `mmap:C26`. */
      readonly test: string
      /** Names, the good end first and the bad end last. */
      readonly candidates: readonly string[]
    }
  | {
      readonly type: 'bisect-answer'
      readonly candidate: string
      readonly answer: BisectAnswer
      /** What was seen, a word a try; empty when it is known from an earlier bisect. */
      readonly tries: readonly string[]
      /** What failed, or why it was skipped. */
      readonly reason?: string
      /** It failed sometimes and passed sometimes, and counts as bad. */
      readonly wavers?: boolean
    }
  | {
      /** What is left to search. */
      readonly type: 'bisect-left'
      readonly left: number
      /** About how many more questions. */
      readonly steps: number
    }
  | {
      readonly type: 'bisect-end'
      readonly lastGood: string
      /** The first bad one is among these: just one, unless what was skipped kept it from being found. */
      readonly suspects: readonly string[]
      /** What lies between the last good one and the last suspect, a line each. */
      readonly between: readonly string[]
    }
